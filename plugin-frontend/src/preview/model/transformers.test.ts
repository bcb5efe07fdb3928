import { FieldType, toDataFrame, transformDataFrame } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { registerTransformers } from './transformers';

beforeAll(registerTransformers);

const FRAME = toDataFrame({
  fields: [
    { name: 'tunable', type: FieldType.string, values: ['ttl', 'route'] },
    { name: 'change_ratio', type: FieldType.number, values: [0.4, -0.1] },
    { name: 'low', type: FieldType.number, values: [0.3, -0.2] },
  ],
});

const transformed = (id: string, options: object) => firstValueFrom(transformDataFrame([{ id, options }], [FRAME]));

it('keeps the columns that a dashboard names', async () => {
  const [frame] = await transformed('filterFieldsByName', { include: { names: ['tunable', 'change_ratio'] } });

  expect(frame?.fields.map(({ name }) => name)).toEqual(['tunable', 'change_ratio']);
});

it('puts columns in order and names them anew, as a dashboard says', async () => {
  const [frame] = await transformed('organize', {
    indexByName: { low: 0, tunable: 1, change_ratio: 2 },
    renameByName: { low: 'At least' },
    excludeByName: { change_ratio: true },
  });

  expect(frame?.fields.map(({ name, config }) => config.displayName ?? name)).toEqual(['At least', 'tunable']);
});
