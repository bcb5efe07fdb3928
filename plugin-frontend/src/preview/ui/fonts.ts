import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';
import mono from '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2';

/** Grafana's fonts, from beside this bundle. */
export function addFonts(): void {
  document.fonts.add(new FontFace('Inter', `url(${inter})`, { weight: '100 900' }));
  document.fonts.add(new FontFace('Roboto Mono', `url(${mono})`, { weight: '400' }));
}
