import type { SelectableValue } from '@grafana/data';
import { InlineField, MultiSelect } from '@grafana/ui';
import type { RuntimeDataSource } from './datasource';
import { namesIn, type NamesField } from './queryForms';
import { useNames } from './useNames';

interface Props {
  datasource: RuntimeDataSource;
  field: NamesField;
  label: string;
  value: string | undefined;
  /** Completes only names of these services. */
  service?: string;
  onChange: (value: string) => void;
}

/** Names, completed from what the backend knows; none means all. Any other name can be typed as well. */
export function NamesSelect({ datasource, field, label, value, service, onChange }: Props) {
  const { options, loading, error, load } = useNames(datasource, field, service);
  const chosen = namesIn(value);
  const known = new Map(options.map((one) => [one.value, one]));
  return (
    <InlineField label={label} labelWidth={12} grow error={error} invalid={error !== undefined}>
      <MultiSelect
        aria-label={label}
        placeholder="All"
        allowCustomValue
        isLoading={loading}
        options={options}
        value={chosen.map((name): SelectableValue<string> => known.get(name) ?? { value: name, label: name })}
        onOpenMenu={load}
        onChange={(picked) => onChange(picked.flatMap((one) => one.value ?? []).join('|'))}
      />
    </InlineField>
  );
}
