import { formattedValueToString } from '@grafana/data';
import { Tooltip } from '@grafana/ui';
import { useBoard } from '../data/context';
import { slice } from './arcs';
import type { LegendOptions } from '../../graph/Graph';
import { LegendRow } from './LegendRow';
import type { PanelProps } from './types';
import { valuesOf } from './values';

const LEGEND = 32;
const SIDE = 180;

/** Shares of a whole; a `donut` has a hole. */
export function Pie({ panel, frames, width, height, theme }: PanelProps) {
  const board = useBoard();
  const legend = panel.options?.legend as LegendOptions | undefined;
  const aside = legend?.placement === 'right';
  const shown = legend?.showLegend !== false;
  const [room, tall] = [width - (aside && shown ? SIDE : 0), height - (!aside && shown ? LEGEND : 0)];
  const parts = valuesOf(panel, frames, theme, board).filter(({ display }) => display.numeric > 0);
  const total = parts.reduce((sum, { display }) => sum + display.numeric, 0);
  const outer = Math.max(10, Math.min(room, tall) / 2 - 8);
  const arc = { cx: room / 2, cy: tall / 2, outer, inner: panel.options?.pieType === 'donut' ? outer * 0.6 : 0 };
  const starts = parts.map(
    (_, index) => parts.slice(0, index).reduce((sum, { display }) => sum + display.numeric, 0) / total,
  );
  const items = parts.map(({ display }) => ({
    label: display.title ?? '',
    color: display.color ?? '',
    value: formattedValueToString(display),
  }));
  return (
    <div style={{ display: 'flex', flexDirection: aside ? 'row' : 'column' }}>
      <svg width={room} height={tall}>
        {items.map(({ label, color, value }, index) => {
          const from = starts[index] ?? 0;
          return (
            <Tooltip key={label} content={`${label}: ${value}`}>
              <path
                d={slice(arc, from, starts[index + 1] ?? 1)}
                fill={color}
                stroke={theme.colors.background.primary}
              />
            </Tooltip>
          );
        })}
      </svg>
      {shown && <LegendRow items={items} placement={aside ? 'right' : 'bottom'} />}
    </div>
  );
}
