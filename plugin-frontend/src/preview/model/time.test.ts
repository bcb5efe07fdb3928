import { expect, it } from 'vitest';
import { millisOf, rangeOf, timeText } from './time';

it('reads a range that moves with now', () => {
  const { from, to, raw } = rangeOf('now-15m', 'now', 'utc');

  expect((to.valueOf() - from.valueOf()) / 1000).toBeCloseTo(900, 0);
  expect((Date.now() - to.valueOf()) / 1000).toBeCloseTo(0, 0);
  expect(raw).toEqual({ from: 'now-15m', to: 'now' });
});

it('reads epoch milliseconds and ISO 8601', () => {
  const { from, to } = rangeOf('1700000000000', '2023-11-14T22:28:20.000Z', 'utc');

  expect([from.valueOf(), to.valueOf()]).toEqual([1_700_000_000_000, 1_700_000_900_000]);
});

it('begins a day where the time zone begins it', () => {
  const { from } = rangeOf('now/d', 'now', 'Asia/Tokyo');

  expect(from.toDate().getUTCHours()).toBe(15);
});

it.each([
  ['now-15m', 'now-15m'],
  ['now/d', 'now/d'],
  ['1700000000000', '1700000000000'],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['now-banana', undefined],
  ['yesterday', undefined],
  ['', undefined],
  [null, undefined],
])('takes %s for the time %s', (text, time) => {
  expect(timeText(text)).toBe(time);
});

it.each([
  ['5s', 5_000],
  ['1m', 60_000],
  ['', 0],
  ['-5s', 0],
  ['banana', 0],
  ['auto', 0],
])('refreshes at %s every %d ms, where 0 is never', (interval, every) => {
  expect(millisOf(interval)).toBe(every);
});
