import { dateMath, dateTime, rangeUtil, type TimeRange } from '@grafana/data';

/** The range that two texts of an address mean now: `now-15m`, `now/d`, epoch milliseconds or ISO 8601. */
export function rangeOf(from: string, to: string, timeZone: string): TimeRange {
  return rangeUtil.convertRawToRange({ from: moment(from), to: moment(to) }, timeZone);
}

/** The text when it means a time; an address may say anything. */
export function timeText(text: string | null): string | undefined {
  const known = text !== null && (/^\d+$/.test(text) || dateMath.isValid(text));
  return known ? text : undefined;
}

/** An interval such as `5s` in milliseconds; what is no interval is 0, which is never. */
export function millisOf(interval: string): number {
  try {
    return interval ? Math.max(0, rangeUtil.intervalToMs(interval)) : 0;
  } catch {
    return 0;
  }
}

function moment(text: string) {
  return /^\d+$/.test(text) ? dateTime(Number(text)) : text;
}
