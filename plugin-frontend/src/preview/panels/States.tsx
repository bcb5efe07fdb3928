import { css } from '@emotion/css';
import {
  type DataFrame,
  dateTimeFormat,
  type Field,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  type GrafanaTheme2,
} from '@grafana/data';
import { Tooltip, useStyles2 } from '@grafana/ui';
import { useBoard } from '../data/context';
import { inkOn } from '../model/legible';
import { stretches, ticks } from '../model/states';
import { LegendRow } from './LegendRow';
import type { PanelProps } from './types';

const AXIS = 24;
const LEGEND = 28;
const MAX_BAND = 44;

/** One band for each series, in the colour of its state. */
export function States({ frames, width, height, theme }: PanelProps) {
  const { range, timeZone } = useBoard();
  const styles = useStyles2(getStyles);
  const bands = frames.flatMap((frame) => bandsOf(frame, frames));
  const labels = Math.min(260, Math.max(60, ...bands.map(({ name }) => name.length * 7 + 16)));
  const start = range.from.valueOf();
  const end = range.to.valueOf();
  const now = Math.min(end, Date.now());
  const plot = width - labels;
  const x = (time: number) => ((time - start) / (end - start)) * plot;
  const band = Math.min(MAX_BAND, Math.max(14, (height - AXIS - LEGEND) / Math.max(1, bands.length)));
  const seen = new Map<string, string>();
  return (
    <div className={styles.box} style={{ height }}>
      <div className={styles.plot} style={{ height: height - LEGEND }}>
        {bands.map(({ name, times, field }, row) => (
          <div key={name} className={styles.band} style={{ top: row * band, height: band }}>
            <div className={styles.name} style={{ width: labels, lineHeight: `${band}px` }} title={name}>
              {name}
            </div>
            {stretches(times, [...field.values], start, now).map(({ from, to, state }) => {
              const display = field.display?.(state);
              const text = display ? formattedValueToString(display) : String(state);
              const color = display?.color ?? theme.colors.text.disabled;
              seen.set(text, color);
              return (
                <Tooltip
                  key={from}
                  content={`${name}: ${text}, ${dateTimeFormat(from, { timeZone })} to ${dateTimeFormat(to, { timeZone })}`}
                >
                  <div
                    className={styles.stretch}
                    style={{
                      left: labels + x(from),
                      width: Math.max(2, x(to) - x(from)),
                      background: color,
                      color: inkOn(color),
                      lineHeight: `${band - 4}px`,
                    }}
                  >
                    {x(to) - x(from) > text.length * 8 ? text : ''}
                  </div>
                </Tooltip>
              );
            })}
          </div>
        ))}
        <div className={styles.axis} style={{ top: bands.length * band }}>
          {ticks(start, end, Math.max(2, plot / 90)).map((time) => (
            <span key={time} style={{ left: labels + x(time) }}>
              {dateTimeFormat(time, { timeZone, format: end - start > 86_400_000 ? 'MM/DD HH:mm' : 'HH:mm:ss' })}
            </span>
          ))}
        </div>
      </div>
      <LegendRow items={[...seen].map(([label, color]) => ({ label, color }))} />
    </div>
  );
}

interface Band {
  name: string;
  times: number[];
  field: Field;
}

function bandsOf(frame: DataFrame, frames: DataFrame[]): Band[] {
  const times = frame.fields.find(({ type }) => type === FieldType.time)?.values ?? [];
  return frame.fields
    .filter(({ type }) => type !== FieldType.time)
    .map((field) => ({ name: getFieldDisplayName(field, frame, frames), times: [...(times as number[])], field }));
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ position: 'relative', overflow: 'hidden' }),
  plot: css({ position: 'relative', overflowY: 'auto', overflowX: 'hidden' }),
  band: css({ position: 'absolute', left: 0, right: 0 }),
  name: css({
    paddingRight: theme.spacing(1),
    textAlign: 'right',
    fontSize: theme.typography.bodySmall.fontSize,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  stretch: css({
    position: 'absolute',
    top: 2,
    bottom: 2,
    paddingLeft: theme.spacing(0.5),
    overflow: 'hidden',
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
  }),
  axis: css({
    position: 'absolute',
    height: AXIS,
    span: {
      position: 'absolute',
      transform: 'translateX(-50%)',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.secondary,
      lineHeight: `${AXIS}px`,
      whiteSpace: 'nowrap',
    },
  }),
});
