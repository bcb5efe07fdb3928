import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { quantity } from './format';

/** A number, or an interval with its middle. */
export interface Bar {
  name: string;
  low: number;
  mid?: number;
  high: number;
  color: string;
}

const MARGIN = 0.08;
const LEAST = 0.8;

/** Intervals below one another on one scale, so that what was expected and what came can be compared at a glance. */
export function IntervalChart({ bars, unit }: { bars: Bar[]; unit: string }) {
  const styles = useStyles2(getStyles);
  const { visualization } = useTheme2();
  const { at, size } = scaleOf(bars);
  return (
    <div className={styles.chart} data-testid="intervals">
      {bars.map((bar) => (
        <div key={bar.name} className={styles.row}>
          <span className={styles.name}>{bar.name}</span>
          <span className={styles.track} aria-hidden>
            <span
              className={styles.band}
              style={{
                left: `${at(bar.low)}%`,
                width: `${Math.max(LEAST, size(bar.high - bar.low))}%`,
                background: visualization.getColorByName(bar.color),
              }}
            />
            {bar.mid !== undefined && <span className={styles.mid} style={{ left: `${at(bar.mid)}%` }} />}
          </span>
          <span className={styles.value}>{told(bar, unit)}</span>
        </div>
      ))}
    </div>
  );
}

function told({ low, mid, high }: Bar, unit: string): string {
  if (low === high) {
    return quantity(low, unit);
  }
  const interval = `${quantity(low, unit)} to ${quantity(high, unit)}`;
  return mid === undefined ? interval : `${quantity(mid, unit)} (${interval})`;
}

/** Percent of the track for a value, with a margin at both ends. */
function scaleOf(bars: Bar[]) {
  const low = Math.min(...bars.map((bar) => bar.low));
  const high = Math.max(...bars.map((bar) => bar.high));
  const width = high - low || Math.abs(high) || 1;
  const size = (part: number) => (100 * part * (1 - 2 * MARGIN)) / width;
  return { size, at: (value: number) => 100 * MARGIN + size(value - low) };
}

const getStyles = (theme: GrafanaTheme2) => ({
  chart: css({
    display: 'grid',
    gridTemplateColumns: 'auto minmax(60px, 1fr) auto',
    gap: theme.spacing(0.75, 1.5),
    alignItems: 'center',
    margin: theme.spacing(0, 0, 1.5),
  }),
  // All rows share the columns of the chart, or they would not be on one scale.
  row: css({ display: 'contents' }),
  name: css({ color: theme.colors.text.secondary }),
  track: css({
    position: 'relative',
    height: 12,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
  band: css({ position: 'absolute', top: 0, bottom: 0, borderRadius: theme.shape.radius.default }),
  mid: css({ position: 'absolute', top: -2, bottom: -2, width: 2, background: theme.colors.text.primary }),
  value: css({ fontVariantNumeric: 'tabular-nums', textAlign: 'right' }),
});
