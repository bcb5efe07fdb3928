import type { AppPluginMeta, PluginConfigPageProps } from '@grafana/data';
import { Alert, Button, LoadingPlaceholder, Stack } from '@grafana/ui';
import { type FormEvent, useState } from 'react';
import { messageOf } from '../api/api';
import { APP_ID } from '../ids';
import { Dependencies } from '../pages/Dependencies';
import { Section } from '../pages/Section';
import { type Connection, type Tested, throughGrafana } from './connection';
import { SecretField } from './SecretField';

const ADDRESS = `[plugin.${APP_ID}]\nbackend_address = backend:8766`;

/** The app's page among Grafana's plugins. */
export function ConfigPage({ plugin: { meta } }: PluginConfigPageProps<AppPluginMeta>) {
  return <Configuration meta={meta} connection={throughGrafana} />;
}

interface Props {
  meta: Pick<AppPluginMeta, 'enabled' | 'pinned' | 'jsonData' | 'secureJsonFields'>;
  connection: Connection;
}

/** The app's settings: the shared secret, and whether the backend answers with it. */
export function Configuration({ meta, connection }: Props) {
  return (
    <>
      <Secret meta={meta} save={connection.save} />
      <Test test={connection.test} />
      <Section title="Where the backend listens">
        <p>
          Grafana starts a launcher that tells it the address. The address is not kept here but in grafana.ini, and read
          when Grafana starts; the data source has a section of its own with the same.
        </p>
        <pre>{ADDRESS}</pre>
      </Section>
    </>
  );
}

type Saved = 'no' | 'saving' | 'yes';

function Secret({ meta, save }: Pick<Props, 'meta'> & Pick<Connection, 'save'>) {
  const { enabled = true, pinned = true, jsonData } = meta;
  const [configured, setConfigured] = useState(meta.secureJsonFields?.secret ?? false);
  const [secret, setSecret] = useState('');
  const [saved, setSaved] = useState<Saved>('no');
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSaved('saving');
    setError(undefined);
    try {
      await save({ enabled, pinned, jsonData: jsonData ?? {}, secureJsonData: { secret } });
      setConfigured(true);
      setSecret('');
      setSaved('yes');
    } catch (failure) {
      setError(reasonOf(failure));
      setSaved('no');
    }
  };
  const change = (known: boolean, value: string) => {
    setConfigured(known);
    setSecret(value);
    setSaved('no');
  };
  return (
    <Section title="Secret">
      <form onSubmit={submit}>
        <SecretField configured={configured} value={secret} onChange={change} />
        {error && <Alert title="The secret was not saved">{error}</Alert>}
        {saved === 'yes' && <Alert severity="success" title="The secret is saved" />}
        <Button type="submit" disabled={configured || secret === '' || saved === 'saving'}>
          Save
        </Button>
      </form>
    </Section>
  );
}

/** What Grafana says of a refusal, if it says anything. */
function reasonOf(failure: unknown): string {
  const said = (failure as { data?: { message?: string } } | null)?.data?.message;
  return said ?? messageOf(failure);
}

function Test({ test: ask }: Pick<Connection, 'test'>) {
  const [tested, setTested] = useState<Tested | 'testing'>();
  const test = async () => {
    setTested('testing');
    setTested(await ask());
  };
  return (
    <Section title="Connection">
      <Stack direction="column" gap={2} alignItems="flex-start">
        <Button variant="secondary" icon="heart" disabled={tested === 'testing'} onClick={test}>
          Test connection
        </Button>
        {tested === 'testing' && <LoadingPlaceholder text="Asking the backend" />}
        {tested && tested !== 'testing' && <Result {...tested} />}
      </Stack>
    </Section>
  );
}

function Result({ ok, message, health }: Tested) {
  return (
    <>
      <Alert severity={ok ? 'success' : 'error'} title={ok ? 'The connection works' : 'The connection does not work'}>
        {message}
      </Alert>
      {health && <Dependencies health={health} />}
    </>
  );
}
