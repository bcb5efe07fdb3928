import { expect, it } from 'vitest';
import { share, slice } from './arcs';

const ARC = { cx: 50, cy: 50, outer: 40, inner: 20 };

it('draws a quarter from the top clockwise, outside and back inside', () => {
  expect(slice(ARC, 0, 0.25)).toBe('M50.00 10.00 A40 40 0 0 1 90.00 50.00 L70.00 50.00 A20 20 0 0 0 50.00 30.00Z');
});

it('goes the long way round past half a turn', () => {
  expect(slice(ARC, 0, 0.75)).toContain('A40 40 0 1 1');
});

it('draws a whole turn, whose ends would meet in one point and draw nothing', () => {
  const [start, end] = [/M(\S+ \S+)/, /1 1 (\S+ \S+)/].map((part) => part.exec(slice(ARC, 0, 1))?.[1]);

  expect(start).toBe('50.00 10.00');
  expect(Number(end?.split(' ')[0])).toBeCloseTo(50, 1);
  expect(slice(ARC, 0, 1)).toContain('A40 40 0 1 1');
});

it.each([
  [5, 0, 10, 0.5],
  [-5, 0, 10, 0],
  [50, 0, 10, 1],
  [5, 10, 10, 0],
  [0, -10, 10, 0.5],
])('of %d between %d and %d is %d', (value, low, high, expected) => {
  expect(share(value, low, high)).toBe(expected);
});
