import type { QueryEditorProps } from '@grafana/data';
import { InlineField, InlineFieldRow, InlineSwitch, Input, Select } from '@grafana/ui';
import type { ChangeEvent } from 'react';
import { QUERY_TYPES, type QueryType } from '../ids';
import type { RuntimeDataSource } from './datasource';
import type { RuntimeQuery, RuntimeSettings } from './types';

const LABEL = 12;
const TYPES = QUERY_TYPES.map((value) => ({ label: value, value: value as QueryType }));

type Props = QueryEditorProps<RuntimeDataSource, RuntimeQuery, RuntimeSettings>;
type TextField = 'expr' | 'legend' | 'service' | 'primitive' | 'model';

/** Asks for the fields that the chosen type of query reads. */
export function QueryEditor({ query, onChange, onRunQuery }: Props) {
  const change = (part: Partial<RuntimeQuery>) => onChange({ ...query, ...part });
  const run = (part: Partial<RuntimeQuery>) => {
    change(part);
    onRunQuery();
  };
  const text = (name: TextField, label: string, placeholder: string, tooltip?: string) => (
    <InlineField label={label} labelWidth={LABEL} tooltip={tooltip} grow>
      <Input
        aria-label={label}
        value={query[name] ?? ''}
        placeholder={placeholder}
        onChange={(event: ChangeEvent<HTMLInputElement>) => change({ [name]: event.target.value })}
        onBlur={onRunQuery}
      />
    </InlineField>
  );
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Type" labelWidth={LABEL}>
          <Select
            aria-label="Type"
            width={24}
            options={TYPES}
            value={query.type}
            onChange={({ value }) => run({ type: value })}
          />
        </InlineField>
        {query.type === 'promql' && (
          <InlineField label="Instant" tooltip="Only the value at the end of the time range">
            <InlineSwitch
              value={query.instant ?? false}
              onChange={(event) => run({ instant: event.currentTarget.checked })}
            />
          </InlineField>
        )}
      </InlineFieldRow>
      {query.type === 'promql' ? (
        <>
          {text('expr', 'Expression', 'sum by (service) (rate(airuntime_executions_total[$__rate_interval]))')}
          {text('legend', 'Legend', '{{primitive}}')}
        </>
      ) : (
        <InlineFieldRow>
          {text('service', 'Service', 'all', 'Names separated by |; empty = all')}
          {text('primitive', 'Primitive', 'all', 'Names separated by |; empty = all')}
          {query.type === 'cost' && text('model', 'Model', 'all')}
        </InlineFieldRow>
      )}
    </>
  );
}
