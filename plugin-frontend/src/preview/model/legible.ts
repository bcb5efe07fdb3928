import { colorManipulator, type DisplayProcessor, type Field } from '@grafana/data';

/** What WCAG asks of text of usual size. */
const LEAST = 4.5;
const STEP = 0.08;
const STEPS = 12;
const WHITE = '#ffffff';
const BLACK = '#000000';

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

/** The field with its texts in colours that can be read on the background. */
export function withLegibleText(field: Field, background: string): Field {
  const { display } = field;
  const clear: DisplayProcessor | undefined =
    display &&
    ((value, decimals) => {
      const shown = display(value, decimals);
      return shown.color ? { ...shown, color: legible(shown.color, background) } : shown;
    });
  return { ...field, display: clear };
}

function contrast(one: string, other: string): number {
  return colorManipulator.getContrastRatio(one, other);
}
