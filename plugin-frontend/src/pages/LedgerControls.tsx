import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Select, useStyles2 } from '@grafana/ui';
import { useCallback, useState } from 'react';
import { type Api, messageOf } from '../api/api';
import type { VariableOption } from '../api/types';
import type { Address } from './address';
import { type Part, queryOf, SPANS, USUAL } from './ledgerSpans';
import { useLoad } from './useLoad';

const SELDOM_SECONDS = 600;

interface Props {
  api: Api;
  part: Part;
  set: Address['set'];
}

/** Which part of the books is shown, and the same as a file. */
export function LedgerControls({ api, part, set }: Props) {
  const styles = useStyles2(getStyles);
  const load = useCallback(() => api.get<VariableOption[]>('/api/variables/services'), [api]);
  const { data: services = [] } = useLoad(load, SELDOM_SECONDS);
  const { save, error } = useSave(api, part);
  // What the address names stays to be seen, though the service is gone.
  const names = [...new Set([...services.map(({ value }) => value), ...(part.service ? [part.service] : [])])];
  return (
    <>
      <div className={styles.bar}>
        <Select
          aria-label="Time"
          width={24}
          options={SPANS}
          value={part.span}
          onChange={({ value = USUAL }) => set({ span: value === USUAL ? [] : [value] })}
        />
        <Select
          aria-label="Service"
          width={32}
          placeholder="All services"
          isClearable
          options={names.map((value) => ({ value, label: value }))}
          value={part.service || null}
          onChange={(picked) => set({ service: picked?.value ? [picked.value] : [] })}
        />
        <Button className={styles.file} variant="secondary" icon="download-alt" onClick={save}>
          CSV
        </Button>
      </div>
      {error && <Alert title="The file could not be made">{error}</Alert>}
    </>
  );
}

function useSave(api: Api, part: Part) {
  const [error, setError] = useState<string>();
  const save = () =>
    api.text(`/ledger.csv?${queryOf(part, Date.now())}`).then(
      (text) => {
        setError(undefined);
        offer(new Blob([text], { type: 'text/csv' }), 'ledger.csv');
      },
      (failure: unknown) => setError(messageOf(failure)),
    );
  return { save, error };
}

/** Lets the browser keep it as a file: a plain link could not carry who asks. */
function offer(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), marginBottom: theme.spacing(2) }),
  file: css({ marginLeft: 'auto' }),
});
