import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { InlineField, SecretInput } from '@grafana/ui';
import type { ChangeEvent } from 'react';
import type { RuntimeSecrets, RuntimeSettings } from './types';

type Props = DataSourcePluginOptionsEditorProps<RuntimeSettings, RuntimeSecrets>;

/** The secret that the backend wants to see on each call. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const set = (configured: boolean, secret: string) =>
    onOptionsChange({
      ...options,
      secureJsonFields: { ...options.secureJsonFields, secret: configured },
      secureJsonData: { ...options.secureJsonData, secret },
    });
  return (
    <InlineField label="Secret" labelWidth={12} tooltip="The value of AIRUNTIME_PLUGIN_SECRET of the backend">
      <SecretInput
        aria-label="Secret"
        width={40}
        isConfigured={options.secureJsonFields?.secret ?? false}
        value={options.secureJsonData?.secret ?? ''}
        onReset={() => set(false, '')}
        onChange={(event: ChangeEvent<HTMLInputElement>) => set(false, event.target.value)}
      />
    </InlineField>
  );
}
