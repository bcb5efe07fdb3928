import { createTheme, type DataFrame, FieldType, formattedValueToString, toDataFrame } from '@grafana/data';
import { expect, it } from 'vitest';
import { configure, mergeConfig, withProperty } from './fields';

const theme = createTheme();
const FRAME = toDataFrame({
  refId: 'A',
  fields: [
    { name: 'status', type: FieldType.string, values: ['kept'] },
    {
      name: 'cost',
      type: FieldType.number,
      values: [0.25],
      config: { unit: 'currencyUSD', displayNameFromDS: 'Spend' },
    },
    { name: 'share', type: FieldType.number, values: [0.5], config: {} },
  ],
});

const configured = (fieldConfig: Parameters<typeof configure>[0]['fieldConfig'], frames: DataFrame[] = [FRAME]) =>
  configure({ frames, fieldConfig, replace: (text) => text, theme, timeZone: 'utc' });

function shown(frames: DataFrame[], name: string): string | undefined {
  const field = frames[0]?.fields.find((one) => one.name === name);
  const display = field?.display?.(field.values[0]);
  return display && formattedValueToString(display);
}

it("gives fields the panel's defaults, but their own configuration wins", () => {
  const frames = configured({ defaults: { unit: 'percentunit', decimals: 0 }, overrides: [] });

  expect(shown(frames, 'share')).toBe('50%');
  expect(shown(frames, 'cost')).toBe('$0');
});

it('lets an override win over both, for the fields that it names', () => {
  const frames = configured({
    defaults: { unit: 'percentunit' },
    overrides: [
      { matcher: { id: 'byName', options: 'Spend' }, properties: [{ id: 'unit', value: 'currencyEUR' }] },
      { matcher: { id: 'byName', options: 'share' }, properties: [{ id: 'custom.width', value: 90 }] },
    ],
  });

  expect(shown(frames, 'cost')).toBe('€0.250');
  expect(frames[0]?.fields[2]?.config.custom).toEqual({ width: 90 });
  expect(frames[0]?.fields[0]?.config.custom).toEqual({});
});

it('shows the words and colours that a mapping gives to a state', () => {
  const options = { kept: { text: 'kept for good', color: '#009E73' } };
  const [frame] = configured({ defaults: { mappings: [{ type: 'value' as never, options }] }, overrides: [] });

  expect(frame?.fields[0]?.display?.('kept')).toMatchObject({ text: 'kept for good', color: '#009E73' });
});

it('passes by an override whose matcher does not exist', () => {
  const override = { matcher: { id: 'byMagic', options: 1 }, properties: [{ id: 'unit', value: 's' }] };

  expect(shown(configured({ defaults: {}, overrides: [override] }), 'share')).toBe('0.500');
});

it('leaves the frames that came as they are', () => {
  configured({ defaults: { unit: 's' }, overrides: [] });

  expect(FRAME.fields[2]?.config).toEqual({});
});

it('merges configuration, where null says nothing', () => {
  expect(mergeConfig({ unit: 's', custom: { a: 1, b: 1 } }, { unit: null as never, custom: { b: 2 } })).toEqual({
    unit: 's',
    custom: { a: 1, b: 2 },
  });
});

it('sets a property at a path of dots, in a copy', () => {
  const before = { custom: { width: 1 } };

  expect(withProperty(before, 'custom.hideFrom.legend', true)).toEqual({
    custom: { width: 1, hideFrom: { legend: true } },
  });
  expect(withProperty(before, 'unit', 's')).toEqual({ custom: { width: 1 }, unit: 's' });
  expect(before).toEqual({ custom: { width: 1 } });
});
