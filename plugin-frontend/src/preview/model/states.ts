/** A stretch of time in one state, in epoch milliseconds. */
export interface Stretch {
  from: number;
  to: number;
  state: unknown;
  index: number;
}

/** A state lasts until the next one; the last until `end`. Equal neighbours become one; null is no state. */
export function stretches(times: number[], states: unknown[], start: number, end: number): Stretch[] {
  const found: Stretch[] = [];
  times.forEach((from, index) => {
    const state = states[index];
    const last = found.at(-1);
    if (last && last.state === state) {
      return;
    }
    if (last) {
      last.to = from;
    }
    found.push({ from, to: end, state, index });
  });
  return found
    .filter(({ from, to, state }) => state !== null && state !== undefined && to > start && from < end)
    .map((one) => ({ ...one, from: Math.max(one.from, start), to: Math.min(one.to, end) }));
}

const SECOND = 1000;
const STEPS = [1, 5, 15, 30, 60, 300, 600, 900, 1800, 3600, 10800, 21600, 43200, 86400, 604800].map((s) => s * SECOND);

/** Round moments between start and end, at most `most` of them. */
export function ticks(start: number, end: number, most: number): number[] {
  const span = end - start;
  const step = STEPS.find((size) => Math.floor(span / size) + 1 <= most) ?? span / Math.max(1, most - 1);
  const first = Math.ceil(start / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((end - first) / step) + 1) }, (_, index) => first + index * step);
}
