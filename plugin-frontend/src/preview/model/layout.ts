import type { GridPos, Panel } from './dashboard';

export const COLUMNS = 24;
const ROW_HEIGHT = 30;
const GAP = 8;

export interface Placed {
  panel: Panel;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Band {
  row?: Panel;
  panels: Panel[];
  /** Whether the JSON leaves no room for the panels, for it was saved with the row folded. */
  folded: boolean;
}

/** Grafana's grid: 24 columns, cells of 30 px with gaps of 8 px. Folded rows hide what follows them. */
export function place(panels: Panel[], width: number, folded: ReadonlySet<number>): Placed[] {
  const placed: Placed[] = [];
  let lifted = 0;
  for (const band of bands(panels)) {
    const hide = band.row !== undefined && folded.has(band.row.id);
    const shown = [...(band.row ? [band.row] : []), ...(hide ? [] : band.panels)];
    placed.push(...shown.map((panel) => ({ panel, ...box(panel.gridPos, width, lifted) })));
    lifted += hide === band.folded ? 0 : depth(band.panels) * (hide ? 1 : -1);
  }
  return placed;
}

/** Rows with the panels under them; a folded row of the JSON carries its panels inside. */
function bands(panels: Panel[]): Band[] {
  const sorted = [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x);
  const found: Band[] = [{ panels: [], folded: false }];
  for (const panel of sorted) {
    if (panel.type === 'row') {
      found.push({ row: panel, panels: under(panel), folded: panel.collapsed ?? false });
    } else {
      found.at(-1)?.panels.push(panel);
    }
  }
  return found;
}

/** The panels inside of a row, right under it: their own positions are of the moment when it was folded. */
function under({ gridPos, panels = [] }: Panel): Panel[] {
  const shift = gridPos.y + gridPos.h - Math.min(...panels.map((panel) => panel.gridPos.y));
  return panels.map((panel) => ({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + shift } }));
}

function depth(panels: Panel[]): number {
  const tops = panels.map(({ gridPos }) => gridPos.y);
  const bottoms = panels.map(({ gridPos }) => gridPos.y + gridPos.h);
  return panels.length === 0 ? 0 : Math.max(...bottoms) - Math.min(...tops);
}

function box(pos: GridPos, width: number, lifted: number): Omit<Placed, 'panel'> {
  const column = (width - GAP * (COLUMNS - 1)) / COLUMNS;
  const span = (cells: number, size: number) => cells * size + Math.max(0, cells - 1) * GAP;
  return {
    left: Math.round(pos.x * (column + GAP)),
    top: (pos.y - lifted) * (ROW_HEIGHT + GAP),
    width: Math.round(span(pos.w, column)),
    height: span(pos.h, ROW_HEIGHT),
  };
}

export function heightOf(placed: Placed[]): number {
  return Math.max(0, ...placed.map(({ top, height }) => top + height));
}
