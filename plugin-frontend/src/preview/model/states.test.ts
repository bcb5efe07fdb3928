import { expect, it } from 'vitest';
import { stretches, ticks } from './states';

it('lets a state last until the next one, and the last one until the end', () => {
  expect(stretches([0, 10, 30], ['applying', 'watching', 'kept'], 0, 50)).toEqual([
    { from: 0, to: 10, state: 'applying', index: 0 },
    { from: 10, to: 30, state: 'watching', index: 1 },
    { from: 30, to: 50, state: 'kept', index: 2 },
  ]);
});

it('makes one stretch of equal neighbours', () => {
  expect(stretches([0, 10, 20], ['kept', 'kept', 'stuck'], 0, 30).map(({ from, to }) => [from, to])).toEqual([
    [0, 20],
    [20, 30],
  ]);
});

it('leaves a gap where there is no state', () => {
  expect(stretches([0, 10, 20], ['kept', null, 'kept'], 0, 30).map(({ from, to }) => [from, to])).toEqual([
    [0, 10],
    [20, 30],
  ]);
});

it('shows only what lies within the range', () => {
  expect(
    stretches([0, 10, 20, 90], ['a', 'b', 'c', 'd'], 15, 40).map(({ from, to, state }) => [from, to, state]),
  ).toEqual([
    [15, 20, 'b'],
    [20, 40, 'c'],
  ]);
  expect(stretches([], [], 0, 10)).toEqual([]);
});

it('puts ticks on round moments within the range', () => {
  expect(ticks(1_500, 61_000, 5)).toEqual([15_000, 30_000, 45_000, 60_000]);
});

it.each([
  [0, 60_000, 4],
  [0, 900_000, 9.3],
  [7, 86_400_007, 6],
  [0, 52 * 604_800_000, 5],
  [0, 1, 2],
])('from %d to %d never has more than %d ticks, and never none', (start, end, most) => {
  const found = ticks(start, end, most);

  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThanOrEqual(most);
  expect(found.every((time) => time >= start && time <= end)).toBe(true);
});
