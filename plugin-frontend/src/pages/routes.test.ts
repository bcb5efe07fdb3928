import { expect, it } from 'vitest';
import { pageIn, pathOf } from './routes';

it.each([
  ['/a/app/suggestions/s-1', { name: 'suggestion', id: 's-1' }],
  ['/a/app/suggestions/s%2F1?x=1', { name: 'suggestion', id: 's/1' }],
  ['/a/app/suggestions/100%', { name: 'suggestion', id: '100%' }],
  ['/a/app/suggestions', { name: 'suggestions' }],
  ['/a/app/suggestions/', { name: 'suggestions' }],
  ['/a/app/ledger?from=now-1d', { name: 'ledger' }],
  ['/a/app/health', { name: 'health' }],
  ['/a/app', undefined],
  ['/a/app/ledger/2', undefined],
  ['/a/app/no/such/page', undefined],
])('finds in %s the page %j', (path, page) => {
  expect(pageIn(path)).toEqual(page);
});

it('writes a path that it reads back', () => {
  const page = { name: 'suggestion' as const, id: 'a/b ?' };

  expect(pageIn(pathOf(page))).toEqual(page);
  expect(pathOf({ name: 'ledger' })).toBe('/ledger');
});
