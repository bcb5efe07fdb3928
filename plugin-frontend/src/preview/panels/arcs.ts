const TURN = 2 * Math.PI;

export interface Arc {
  cx: number;
  cy: number;
  outer: number;
  inner: number;
}

/** SVG path of a ring's slice; 0 is the top, clockwise, 1 is the whole turn. */
export function slice({ cx, cy, outer, inner }: Arc, from: number, to: number): string {
  const end = Math.min(to, from + 0.99999);
  const point = (radius: number, at: number) =>
    `${(cx + radius * Math.sin(at * TURN)).toFixed(2)} ${(cy - radius * Math.cos(at * TURN)).toFixed(2)}`;
  const large = end - from > 0.5 ? 1 : 0;
  return [
    `M${point(outer, from)}`,
    `A${outer} ${outer} 0 ${large} 1 ${point(outer, end)}`,
    `L${point(inner, end)}`,
    `A${inner} ${inner} 0 ${large} 0 ${point(inner, from)}Z`,
  ].join(' ');
}

/** Where a value lies between two bounds, 0..1; bounds that are equal give 0. */
export function share(value: number, low: number, high: number): number {
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
}
