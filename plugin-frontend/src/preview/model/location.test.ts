import { expect, it } from 'vitest';
import { chosen, dashboardHash, hashOf, parseHash } from './location';

it.each([
  ['', { page: 'home' }],
  ['#/', { page: 'home' }],
  ['#/no/such/page', { page: 'home' }],
  ['#/d/', { page: 'home' }],
  ['#/configuration', { page: 'configuration' }],
])('reads %s as %j', (hash, route) => {
  expect(parseHash(hash)).toEqual(route);
});

it.each([
  ['#/suggestions', { name: 'suggestions' }],
  ['#/suggestions/s%2F1', { name: 'suggestion', id: 's/1' }],
  ['#/suggestions/s-1?from=now-1h', { name: 'suggestion', id: 's-1' }],
  ['#/ledger', { name: 'ledger' }],
  ['#/health', { name: 'health' }],
])('reads %s as the page %j of the app', (hash, name) => {
  expect(parseHash(hash)).toMatchObject({ page: 'plugin', name });
});

it('keeps what was chosen on a page of the app', () => {
  const route = parseHash('#/suggestions?status=open&q=cache');

  expect(route).toMatchObject({ path: '/suggestions' });
  expect(String((route as { params: URLSearchParams }).params)).toBe('status=open&q=cache');
  expect(hashOf('/suggestions', new URLSearchParams('q=a'))).toBe('#/suggestions?q=a');
});

it('reads a dashboard with what was chosen, question marks and all', () => {
  const route = parseHash('#/d/airuntime-code?from=now-1h&var-service=a&var-service=why%3F&x=?');

  expect(route).toMatchObject({ page: 'dashboard', uid: 'airuntime-code' });
  const { params } = route as { params: URLSearchParams };
  expect(chosen(params, 'service')).toEqual(['a', 'why?']);
  expect(params.get('x')).toBe('?');
});

it('survives an address that is encoded wrongly', () => {
  expect(parseHash('#/d/100%')).toMatchObject({ page: 'dashboard', uid: '100%' });
});

it('takes a variable without a value for one that was not chosen', () => {
  expect(chosen(new URLSearchParams('var-service=&var-primitive=p'), 'service')).toBeUndefined();
  expect(chosen(new URLSearchParams(), 'service')).toBeUndefined();
});

it('writes an address that it reads back', () => {
  const params = new URLSearchParams([
    ['from', 'now/d'],
    ['var-service', 'a&b'],
    ['var-service', 'c d'],
  ]);
  const route = parseHash(dashboardHash('a/b', params));

  expect(route).toMatchObject({ page: 'dashboard', uid: 'a/b' });
  expect(chosen((route as { params: URLSearchParams }).params, 'service')).toEqual(['a&b', 'c d']);
  expect(dashboardHash('u', new URLSearchParams())).toBe('#/d/u');
});
