import { InlineField, InlineFieldRow, Select } from '@grafana/ui';
import type { RuntimeDataSource } from './datasource';
import { NamesSelect } from './NamesSelect';
import { type VariableQuery, variableOf } from './types';

interface Props {
  datasource: RuntimeDataSource;
  query: VariableQuery;
  /** Grafana shows the second argument in its list of variables. */
  onChange: (query: VariableQuery, definition: string) => void;
}

const LISTS = [
  { value: 'services', label: 'Services' },
  { value: 'primitives', label: 'Primitives' },
  { value: 'models', label: 'Models' },
];

/** What a dashboard variable lists, and of which services. */
export function VariableEditor({ datasource, query, onChange }: Props) {
  const { query: name, service } = variableOf(query);
  const set = (next: { query: string; service: string }) =>
    onChange(next, next.service ? `${next.query} of ${next.service}` : next.query);
  return (
    <InlineFieldRow>
      <InlineField label="List" labelWidth={12}>
        <Select
          aria-label="List"
          width={28}
          options={LISTS}
          value={name}
          onChange={({ value = name }) => set({ query: value, service: value === 'services' ? '' : service })}
        />
      </InlineField>
      {name !== 'services' && (
        <NamesSelect
          datasource={datasource}
          field="service"
          label="Service"
          value={service}
          onChange={(value) => set({ query: name, service: value })}
        />
      )}
    </InlineFieldRow>
  );
}
