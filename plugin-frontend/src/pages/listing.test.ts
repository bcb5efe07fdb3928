import { expect, it } from 'vitest';
import type { SuggestionSummary } from '../api/types';
import { suggestionWith } from '../testing/suggestion';
import { choicesOf, listed, listingOf, paramsOf } from './listing';

const one = (id: string, part: Partial<SuggestionSummary> = {}): SuggestionSummary => suggestionWith({ id, ...part });
const ids = (all: SuggestionSummary[], query: string) =>
  listed(all, listingOf(new URLSearchParams(query))).map(({ id }) => id);

it.each([
  ['', 'bca'],
  ['sort=-status', 'acb'],
  ['sort=updated_at', 'abc'],
  ['sort=-updated_at', 'cba'],
  ['sort=risk', 'cab'],
  ['sort=-risk', 'bac'],
  ['sort=title', 'abc'],
  ['sort=nonsense', 'bca'],
  ['sort=-nonsense', 'bca'],
])('sorts by "%s" as %s', (query, order) => {
  const all = [
    one('a', { status: 'expired', risk: 'medium', updated_at: 1, title: 'A' }),
    one('b', { status: 'open', risk: 'high', updated_at: 2, title: 'b' }),
    one('c', { status: 'kept', risk: 'low', updated_at: 3, title: 'C' }),
  ];

  expect(ids(all, query).join('')).toBe(order);
});

it('tells equal ones newest first, and puts a status that is not known yet last', () => {
  const all = [one('old'), one('odd', { status: 'haunted' }), one('new', { updated_at: 1_800_000_000 })];

  expect(ids(all, '')).toEqual(['new', 'old', 'odd']);
});

it.each([
  ['q=KEEP+support', ['a']],
  ['q=keep+premium', []],
  ['service=billing', ['b']],
  ['service=billing&service=support', ['a', 'b']],
  ['service=billing&risk=low', []],
  ['rule=cache_ttl&status=open', ['a']],
])('filters by %s', (query, found) => {
  const all = [one('a'), one('b', { service: 'billing', title: 'Route', rule: 'premium', risk: 'high' })];

  expect(ids(all, query)).toEqual(found);
});

it('counts what there is to choose from, in the order of its meaning', () => {
  const all = [one('a', { risk: 'high' }), one('b'), one('c', { risk: 'high' })];

  expect(choicesOf(all, 'risk')).toEqual([
    { value: 'low', count: 1 },
    { value: 'high', count: 2 },
  ]);
});

it.each(['', 'q=a+b&status=open&status=kept&risk=low&sort=-risk'])('reads and writes %s', (query) => {
  const params = new URLSearchParams();
  Object.entries(paramsOf(listingOf(new URLSearchParams(query)))).forEach(([name, values]) =>
    values.forEach((value) => params.append(name, value)),
  );

  expect(String(params)).toBe(query);
});
