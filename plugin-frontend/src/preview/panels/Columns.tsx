import {
  type DataFrame,
  type Field,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  getFieldSeriesColor,
} from '@grafana/data';
import { Tooltip } from '@grafana/ui';
import { share } from './arcs';
import type { LegendOptions } from '../../graph/Graph';
import { LegendRow } from './LegendRow';
import type { PanelProps } from './types';

const AXIS = 24;
const SIDE = 64;
const LEGEND = 28;
const LINES = 4;

/** Columns for each category of the first frame, side by side for each number. */
export function Columns({ panel, frames, width, height, theme }: PanelProps) {
  const [frame] = frames;
  const { category, numbers } = partsOf(frame);
  if (!frame || !category || numbers.length === 0) {
    return null;
  }
  const legend = (panel.options?.legend as LegendOptions | undefined)?.showLegend !== false;
  const tall = height - AXIS - (legend ? LEGEND : 0);
  const all = numbers.flatMap((field) => (field.values as Array<number | null>).filter((value) => value !== null));
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all) || 1;
  const y = (value: number) => tall - share(value, low, high) * (tall - 8);
  const group = (width - SIDE) / Math.max(1, frame.length);
  const bar = (group * 0.7) / numbers.length;
  const text = (field: Field, value: unknown) =>
    field.display ? formattedValueToString(field.display(value)) : String(value);
  const levels = Array.from({ length: LINES + 1 }, (_, index) => low + ((high - low) * index) / LINES);
  return (
    <>
      <svg width={width} height={tall + AXIS} fontSize={12} fill={theme.colors.text.secondary}>
        {levels.map((level) => (
          <g key={level}>
            <line x1={SIDE} x2={width} y1={y(level)} y2={y(level)} stroke={theme.colors.border.weak} />
            <text x={SIDE - 8} y={y(level) + 4} textAnchor="end">
              {text(numbers[0] as Field, level)}
            </text>
          </g>
        ))}
        {category.values.map((name: unknown, row: number) => (
          <g key={row}>
            {numbers.map((field, index) => {
              const value = Number(field.values[row] ?? 0);
              return (
                <Tooltip
                  key={field.name}
                  content={`${String(name)}, ${getFieldDisplayName(field, frame)}: ${text(field, value)}`}
                >
                  <rect
                    x={SIDE + row * group + group * 0.15 + index * bar}
                    y={Math.min(y(value), y(0))}
                    width={Math.max(1, bar - 2)}
                    height={Math.max(1, Math.abs(y(0) - y(value)))}
                    fill={getFieldSeriesColor(field, theme).color}
                  />
                </Tooltip>
              );
            })}
            <text x={SIDE + (row + 0.5) * group} y={tall + 16} textAnchor="middle">
              {text(category, name).slice(0, Math.max(3, Math.floor(group / 7)))}
            </text>
          </g>
        ))}
      </svg>
      {legend && (
        <LegendRow
          items={numbers.map((field) => ({
            label: getFieldDisplayName(field, frame),
            color: getFieldSeriesColor(field, theme).color,
          }))}
        />
      )}
    </>
  );
}

function partsOf(frame: DataFrame | undefined): { category?: Field; numbers: Field[] } {
  const fields = frame?.fields ?? [];
  const category =
    fields.find(({ type }) => type === FieldType.string) ?? fields.find(({ type }) => type === FieldType.time);
  return { category, numbers: fields.filter(({ type }) => type === FieldType.number) };
}
