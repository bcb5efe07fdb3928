import { expect, it } from 'vitest';
import { interpolateQuery, isAsked } from './interpolate';
import type { RuntimeQuery } from './types';

const values: Record<string, string> = { $service: 'support|billing', $all: '.*', $none: '$__all' };
const replace = (text: string, format: string) => `${values[text] ?? text}${format === 'regex' ? ' as regex' : ''}`;
const query = (part: Partial<RuntimeQuery>): RuntimeQuery => ({ refId: 'A', type: 'cost', ...part });

it('fills in names separated by pipes, and PromQL as regular expressions', () => {
  const asked = query({ expr: 'up', service: '$service', primitive: 'route', model: 'm', suggestion: 's-1' });

  expect(interpolateQuery(asked, replace)).toEqual({ ...asked, expr: 'up as regex', service: 'support|billing' });
});

it.each(['$all', '$none'])('asks for everything where %s stands for all', (text) => {
  expect(interpolateQuery(query({ service: text }), replace).service).toBe('');
});

it('adds no field that the query has not, and keeps those it does not know', () => {
  const asked = { ...query({ legend: '{{a}}', instant: true }), hint: 1 };

  expect(interpolateQuery(asked, replace)).toEqual(asked);
});

it.each([
  [{ type: 'cost' as const }, true],
  [{ type: 'cost' as const, hide: true }, false],
  [{ type: 'promql' as const, expr: 'up' }, true],
  [{ type: 'promql' as const, expr: ' ' }, false],
  [{ type: 'promql' as const }, false],
])('of %j says whether there is something to ask: %s', (part, asked) => {
  expect(isAsked(query(part))).toBe(asked);
});
