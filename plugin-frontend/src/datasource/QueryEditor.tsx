import type { QueryEditorProps } from '@grafana/data';
import { InlineField, InlineFieldRow, Select } from '@grafana/ui';
import { words } from '../pages/format';
import type { RuntimeDataSource } from './datasource';
import { NamesSelect } from './NamesSelect';
import { PromQLFields } from './PromQLFields';
import { FORMS, turnedInto, TYPES } from './queryForms';
import type { RuntimeQuery, RuntimeSettings } from './types';

type Props = QueryEditorProps<RuntimeDataSource, RuntimeQuery, RuntimeSettings>;

/** Asks for what the chosen type of query reads, and for nothing else. */
export function QueryEditor({ datasource, query, onChange, onRunQuery }: Props) {
  const ask = (next: RuntimeQuery) => {
    onChange(next);
    onRunQuery();
  };
  const names = FORMS[query.type]?.names ?? [];
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Type" labelWidth={12} tooltip={FORMS[query.type]?.about}>
          <Select
            aria-label="Type"
            width={28}
            options={TYPES}
            value={query.type}
            onChange={({ value }) => value && ask(turnedInto(query, value))}
          />
        </InlineField>
        {names.map((field) => (
          <NamesSelect
            key={field}
            {...{ datasource, field }}
            label={words(field)}
            value={query[field]}
            service={field === 'service' ? undefined : query.service}
            onChange={(value) => ask({ ...query, [field]: value })}
          />
        ))}
      </InlineFieldRow>
      {query.type === 'promql' && (
        <PromQLFields query={query} change={(part) => onChange({ ...query, ...part })} run={onRunQuery} />
      )}
    </>
  );
}
