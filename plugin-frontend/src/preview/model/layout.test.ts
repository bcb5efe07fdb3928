import { expect, it } from 'vitest';
import type { Panel } from './dashboard';
import { heightOf, place } from './layout';

/** 24 columns of 25 px with gaps of 8 px. */
const WIDTH = 24 * 25 + 23 * 8;
const NOTHING = new Set<number>();

function panel(id: number, x: number, y: number, w: number, h: number, part: Partial<Panel> = {}): Panel {
  return { id, type: 'stat', gridPos: { x, y, w, h }, ...part };
}

const row = (id: number, y: number, part: Partial<Panel> = {}) => panel(id, 0, y, 24, 1, { type: 'row', ...part });
const tops = (panels: Panel[], folded: ReadonlySet<number>) =>
  Object.fromEntries(place(panels, WIDTH, folded).map((one) => [one.panel.id, one.top / 38]));

it("measures in Grafana's cells", () => {
  const [first, second] = place([panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4)], WIDTH, NOTHING);

  expect(first).toMatchObject({ left: 0, top: 0, width: 12 * 25 + 11 * 8, height: 4 * 30 + 3 * 8 });
  expect(second).toMatchObject({ left: 12 * 33, top: 0, width: 12 * 25 + 11 * 8 });
});

it('orders panels as they are read, whatever their order in the JSON', () => {
  const placed = place([panel(3, 0, 8, 24, 2), panel(2, 12, 0, 12, 8), panel(1, 0, 0, 12, 8)], WIDTH, NOTHING);

  expect(placed.map((one) => one.panel.id)).toEqual([1, 2, 3]);
});

it('hides the panels of a folded row, and lifts what comes after', () => {
  const panels = [row(1, 0), panel(2, 0, 1, 12, 8), row(3, 9), panel(4, 0, 10, 12, 8)];

  expect(tops(panels, NOTHING)).toEqual({ 1: 0, 2: 1, 3: 9, 4: 10 });
  expect(tops(panels, new Set([1]))).toEqual({ 1: 0, 3: 1, 4: 2 });
});

it('makes room for the panels of a row that was saved folded, when it is opened', () => {
  const inside = [panel(2, 0, 40, 12, 8), panel(3, 12, 40, 12, 6)];
  const panels = [row(1, 0, { collapsed: true, panels: inside }), row(4, 1), panel(5, 0, 2, 24, 3)];

  expect(tops(panels, new Set([1]))).toEqual({ 1: 0, 4: 1, 5: 2 });
  expect(tops(panels, NOTHING)).toEqual({ 1: 0, 2: 1, 3: 1, 4: 9, 5: 10 });
});

it('is as high as its lowest panel, and nothing when it is empty', () => {
  expect(heightOf(place([panel(1, 0, 0, 6, 2), panel(2, 6, 0, 6, 4)], WIDTH, NOTHING))).toBe(4 * 30 + 3 * 8);
  expect(heightOf([])).toBe(0);
});
