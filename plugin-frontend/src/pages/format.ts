import type { Interval, Queue } from '../api/types';
import { dateTimeFormat, dateTimeFormatTimeAgo, formattedValueToString, getValueFormat } from '@grafana/data';

const UNITS: Record<string, string> = { '1/s': 'ops', s: 's', USD: 'currencyUSD', By: 'bytes' };

/** A number with its unit, as a person reads it; "no value" when there is none. */
export function quantity(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return 'no value';
  }
  const known = UNITS[unit];
  if (known === undefined) {
    return `${plain(value)}${unit === '1' || unit === '' ? '' : ` ${unit}`}`;
  }
  const digits = known === 'currencyUSD' ? (value !== 0 && Math.abs(value) < 1 ? 4 : 2) : undefined;
  return formattedValueToString(getValueFormat(known)(value, digits));
}

/** The likeliest value of an interval, and its ends. */
export function estimate(value: Interval | null, unit: string): { mid: string; range: string } {
  return value === null
    ? { mid: 'not measured', range: '' }
    : { mid: quantity(value.mid, unit), range: `${quantity(value.low, unit)} to ${quantity(value.high, unit)}` };
}

/** Up to four significant digits, without trailing zeros. */
export function plain(value: number): string {
  return Math.abs(value) >= 1000 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

export function words(identifier: string): string {
  const text = identifier.replace(/_/g, ' ').replace(/\busd\b/i, 'USD');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const WAITS: Record<string, string> = {
  person: 'the approval of somebody else',
  way: 'changes that are in its way',
  time: 'a time at which it may start',
};

/** For what a queued change waits. */
export function waitsFor({ waits_for }: Pick<Queue, 'waits_for'>): string {
  return WAITS[waits_for] ?? words(waits_for).toLowerCase();
}

/** A moment given in epoch seconds. */
export function moment(seconds: number): string {
  const at = seconds * 1000;
  return `${dateTimeFormat(at)} (${dateTimeFormatTimeAgo(at)})`;
}

/** The URL when it is plain web, for a link; text that is anything else stays text. */
export function webUrl(url: string): string | undefined {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
