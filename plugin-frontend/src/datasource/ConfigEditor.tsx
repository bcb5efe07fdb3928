import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { SecretField } from '../config/SecretField';
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
    <SecretField
      configured={options.secureJsonFields?.secret ?? false}
      value={options.secureJsonData?.secret ?? ''}
      onChange={set}
    />
  );
}
