import {
  type DisplayValueAlignmentFactors,
  type FieldDisplay,
  formattedValueToString,
  getDisplayValueAlignmentFactors,
  ThresholdsMode,
} from '@grafana/data';
import { VizRepeater, type VizRepeaterRenderValueProps } from '@grafana/ui';
import { useBoard } from '../data/context';
import { share, slice } from './arcs';
import type { PanelProps } from './types';
import { orientationOf, valuesOf } from './values';

/** Three quarters of a turn, open at the bottom. */
const START = -0.375;
const SWEEP = 0.75;

type DialProps = VizRepeaterRenderValueProps<FieldDisplay, DisplayValueAlignmentFactors> & Pick<PanelProps, 'theme'>;

/** Drawn here: the dial of @grafana/ui needs a plotting library that only Grafana itself carries. */
export function Gauge({ panel, frames, width, height, theme }: PanelProps) {
  const board = useBoard();
  return (
    <VizRepeater
      getValues={() => valuesOf(panel, frames, theme, board)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={(props) => <Dial {...props} theme={theme} />}
      width={width}
      height={height}
      source={frames}
      renderCounter={board.turn}
      autoGrid
      orientation={orientationOf(panel)}
    />
  );
}

function Dial({ value: { display, field }, count, width, height, theme }: DialProps) {
  const title = count > 1 || field.displayName ? display.title : undefined;
  const room = height - (title ? 20 : 0);
  const outer = Math.max(10, Math.min(width / 2, room / 1.75) - 4);
  const arc = { cx: width / 2, cy: outer + 4, outer: outer - 6, inner: outer * 0.72 };
  const low = field.min ?? 0;
  const high = field.max ?? 100;
  const at = START + SWEEP * (display.percent ?? share(display.numeric, low, high));
  const text = formattedValueToString(display);
  const size = Math.min(arc.inner * 0.55, (arc.inner * 2.6) / Math.max(3, text.length));
  return (
    <svg width={width} height={height} role="img" aria-label={`${title ?? ''} ${text}`}>
      <path d={slice(arc, START, START + SWEEP)} fill={theme.colors.background.secondary} />
      {Number.isFinite(display.numeric) && <path d={slice(arc, START, at)} fill={display.color} />}
      {bands(field, low, high).map(({ from, to, color }) => (
        <path
          key={from}
          d={slice({ ...arc, outer, inner: outer - 4 }, START + SWEEP * from, START + SWEEP * to)}
          fill={theme.visualization.getColorByName(color)}
        />
      ))}
      <text
        x={arc.cx}
        y={arc.cy + size * 0.35}
        textAnchor="middle"
        fontSize={size}
        fontWeight={500}
        fill={display.color}
      >
        {text}
      </text>
      {title && (
        <text x={width / 2} y={height - 6} textAnchor="middle" fontSize={14} fill={theme.colors.text.primary}>
          {title}
        </text>
      )}
    </svg>
  );
}

/** The thresholds as parts of the dial, 0..1. */
function bands({ thresholds }: FieldDisplay['field'], low: number, high: number) {
  const steps = thresholds?.steps ?? [];
  const place = (value: number) =>
    thresholds?.mode === ThresholdsMode.Percentage ? value / 100 : share(value, low, high);
  return steps
    .map((step, index) => ({
      from: Math.max(0, place(step.value ?? -Infinity) || 0),
      to: index + 1 < steps.length ? Math.min(1, place(steps[index + 1]?.value ?? high)) : 1,
      color: step.color,
    }))
    .filter(({ from, to }) => to > from);
}
