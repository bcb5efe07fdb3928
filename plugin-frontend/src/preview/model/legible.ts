import { colorManipulator, type DisplayProcessor, type Field } from '@grafana/data';

/** What WCAG asks of text of usual size. */
const LEAST = 4.5;
const STEP = 0.08;
const STEPS = 12;
const WHITE = '#ffffff';
const BLACK = '#000000';
/** Grafana's own numbers for cells: what is bright, and the white on what is not. */
const BRIGHT = 180;
const INK = 'rgb(247, 248, 250)';

/** The colour, made darker or lighter until text of it can be read on the background. */
export function legible(color: string, background: string): string {
  const lighter = colorManipulator.getLuminance(background) < 0.5;
  let found = color;
  for (let step = 1; step <= STEPS && contrast(found, background) < LEAST; step += 1) {
    found = lighter ? colorManipulator.lighten(color, step * STEP) : colorManipulator.darken(color, step * STEP);
  }
  return found;
}

/** Black or white, whichever is read better on the colour. */
export function inkOn(color: string): string {
  return contrast(WHITE, color) >= contrast(BLACK, color) ? WHITE : BLACK;
}

/** The colour as the ground of a cell: Grafana writes black on what is bright, and white on all else. */
export function groundOf(color: string): string {
  const [red = 0, green = 0, blue = 0] = colorManipulator.decomposeColor(color).values.map(Number);
  const brightness = (299 * red + 587 * green + 114 * blue) / 1000;
  return brightness > BRIGHT ? color : legible(color, INK);
}

/** The field with its colours changed. */
export function recolored(field: Field, change: (color: string) => string): Field {
  const { display } = field;
  const changed: DisplayProcessor | undefined =
    display &&
    ((value, decimals) => {
      const shown = display(value, decimals);
      return shown.color ? { ...shown, color: change(shown.color) } : shown;
    });
  return { ...field, display: changed };
}

function contrast(one: string, other: string): number {
  return colorManipulator.getContrastRatio(one, other);
}
