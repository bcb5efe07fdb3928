import { Field, SecretInput } from '@grafana/ui';
import type { ChangeEvent } from 'react';

interface Props {
  /** Whether Grafana has one already; it never shows it again. */
  configured: boolean;
  value: string;
  onChange: (configured: boolean, value: string) => void;
}

/** The secret that proves to the backend that a call comes from this Grafana. */
export function SecretField({ configured, value, onChange }: Props) {
  return (
    <Field
      label="Shared secret"
      description="The value of AIRUNTIME_PLUGIN_SECRET of the backend, which refuses calls without it."
    >
      <SecretInput
        id="airuntime-secret"
        width={60}
        isConfigured={configured}
        value={value}
        onReset={() => onChange(false, '')}
        onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(false, event.target.value)}
      />
    </Field>
  );
}
