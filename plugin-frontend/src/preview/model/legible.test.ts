import { colorManipulator, FieldType } from '@grafana/data';
import { expect, it } from 'vitest';
import { groundOf, inkOn, legible, recolored } from './legible';

const PALETTE = [
  'rgb(0, 114, 178)',
  'rgb(0, 158, 115)',
  '#E69F00',
  '#D55E00',
  '#56B4E9',
  '#CC79A7',
  '#F0E442',
  '#808080',
];
const BACKGROUNDS = ['#181b1f', '#ffffff'];

it.each(BACKGROUNDS.flatMap((background) => PALETTE.map((color) => [color, background])))(
  'makes text of %s legible on %s',
  (color, background) => {
    expect(colorManipulator.getContrastRatio(legible(color, background), background)).toBeGreaterThanOrEqual(4.5);
  },
);

it('leaves a colour alone that can be read as it is', () => {
  expect(legible('#E69F00', '#181b1f')).toBe('#E69F00');
});

it.each(PALETTE)('writes on %s in the ink that is read better', (color) => {
  expect(colorManipulator.getContrastRatio(inkOn(color), color)).toBeGreaterThanOrEqual(4.5);
});

it.each(PALETTE)('makes of %s a ground for the ink that Grafana takes on it', (color) => {
  const ground = groundOf(color);
  const ink = ground === color && color === '#F0E442' ? 'rgb(32, 34, 38)' : 'rgb(247, 248, 250)';

  expect(colorManipulator.getContrastRatio(ink, ground)).toBeGreaterThanOrEqual(4.5);
});

it("changes nothing of a field's text but its colour", () => {
  const display = () => ({ text: '5', numeric: 5, color: '#0072B2', suffix: ' s' });
  const field = { name: 'a', type: FieldType.number, config: {}, values: [5], display };

  expect(recolored(field, () => 'red').display?.(5)).toEqual({ text: '5', numeric: 5, color: 'red', suffix: ' s' });
  expect(recolored({ ...field, display: undefined }, () => 'red').display).toBeUndefined();
});
