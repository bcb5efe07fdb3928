import { css } from '@emotion/css';
import {
  type DataFrame,
  dateTimeFormat,
  formattedValueToString,
  getFieldDisplayName,
  type GrafanaTheme2,
} from '@grafana/data';
import { SeriesTable, useStyles2 } from '@grafana/ui';

interface Props {
  frame: DataFrame;
  indexes: Array<number | null>;
  active: number | null;
  timeZone: string;
}

/** What each line says at the moment under the pointer, greatest first. */
export function GraphTooltip({ frame, indexes, active, timeZone }: Props) {
  const styles = useStyles2(getStyles);
  const rows = frame.fields.flatMap((field, index) => {
    const at = indexes[index];
    const value = at === null || at === undefined ? undefined : (field.values[at] as number | null);
    if (
      index === 0 ||
      value === null ||
      value === undefined ||
      field.config.custom?.hideFrom?.tooltip ||
      !field.display
    ) {
      return [];
    }
    const display = field.display(value);
    const label = getFieldDisplayName(field, frame);
    return [
      { label, value: formattedValueToString(display), color: display.color, isActive: active === index, raw: value },
    ];
  });
  const at = indexes.find((index) => index !== null && index !== undefined) ?? 0;
  const time = frame.fields[0]?.values[indexes[0] ?? at] as number | undefined;
  return (
    <div className={styles.box}>
      <SeriesTable
        series={rows.sort((a, b) => b.raw - a.raw)}
        timestamp={time === undefined ? undefined : dateTimeFormat(time, { timeZone })}
      />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({ box: css({ padding: theme.spacing(1) }) });
