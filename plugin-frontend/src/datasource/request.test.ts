import { type DataFrameJSON, FieldType } from '@grafana/data';
import { expect, it } from 'vitest';
import type { RuntimeQuery } from './types';
import { answerOf, requestOf } from './request';

const RANGE = { from: 1_700_000_000_000, to: 1_700_000_900_000 };
const COST: RuntimeQuery = { refId: 'A', type: 'cost', service: '${service:pipe}' };
const PROMQL: RuntimeQuery = { refId: 'B', type: 'promql', expr: 'up{service=~"$service"}', legend: '{{service}}' };

const frame = (name: string): DataFrameJSON => ({
  schema: { name, fields: [{ name: 'value', type: FieldType.number }] },
  data: { values: [[1, null]] },
});

const ask = (part: Parameters<typeof requestOf>[0], width = 900) =>
  requestOf(part, RANGE, width, (text, format) => text.replace(/\$\{?service(:pipe)?\}?/, `support-${format}`));

it('asks all targets of a panel at once, each with its variables in its own format', () => {
  expect(ask({ targets: [COST, PROMQL] })).toEqual({
    queries: [
      { refId: 'A', type: 'cost', service: 'support-pipe' },
      { refId: 'B', type: 'promql', expr: 'up{service=~"support-regex"}', legend: '{{service}}' },
    ],
    range: RANGE,
    intervalMs: 1000,
    maxDataPoints: 900,
  });
});

it('asks for as many points as the panel is wide, or as it says, and never finer than it allows', () => {
  expect(ask({ targets: [COST] }, 30)?.maxDataPoints).toBe(100);
  expect(ask({ targets: [COST], maxDataPoints: 50 })).toMatchObject({ maxDataPoints: 50, intervalMs: 20_000 });
  expect(ask({ targets: [COST], interval: '>30s' })?.intervalMs).toBe(30_000);
});

it.each([[undefined], [[]], [[{ ...COST, hide: true }]], [[{ ...PROMQL, expr: '  ' }]]])(
  'asks nothing when there is nothing to ask: %j',
  (targets) => {
    expect(ask({ targets })).toBeUndefined();
  },
);

it('takes the frames of all targets in the order in which they were asked', () => {
  const request = { queries: [COST, PROMQL], range: RANGE, intervalMs: 1, maxDataPoints: 1 };
  const { frames, error } = answerOf(request, {
    results: { B: { frames: [frame('b')] }, A: { frames: [frame('a1'), frame('a2')] } },
  });

  expect(frames.map(({ name }) => name)).toEqual(['a1', 'a2', 'b']);
  expect([...(frames[0]?.fields[0]?.values ?? [])]).toEqual([1, null]);
  expect(error).toBeUndefined();
});

it('tells each error once, keeps the frames of the others, and misses an answer that is not there', () => {
  const down = 'Prometheus does not answer';
  const request = {
    queries: ['A', 'B', 'C', 'D'].map((refId) => ({ ...COST, refId })),
    range: RANGE,
    intervalMs: 1,
    maxDataPoints: 1,
  };
  const answer = answerOf(request, {
    results: { A: { error: down }, B: { frames: [frame('b')] }, C: { error: down } },
  });

  expect(answer.frames).toHaveLength(1);
  expect(answer.error).toBe('Prometheus does not answer; no answer to query D');
});
