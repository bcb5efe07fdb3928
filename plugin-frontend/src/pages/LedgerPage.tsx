import { Alert, EmptyState, LoadingPlaceholder } from '@grafana/ui';
import { useCallback, useMemo } from 'react';
import type { Api } from '../api/api';
import type { Ledger } from '../api/types';
import type { Address } from './address';
import { LedgerControls } from './LedgerControls';
import { partOf, queryOf } from './ledgerSpans';
import { LedgerTable } from './LedgerTable';
import { LedgerTotals } from './LedgerTotals';
import { useLoad } from './useLoad';

const EVERY_SECONDS = 60;

interface Props {
  api: Api;
  address: Address;
  href: (suggestion: string) => string;
}

/** The books: what each change saved, what the optimiser itself cost, and what is left. */
export function LedgerPage({ api, address, href }: Props) {
  const part = useMemo(() => partOf(address.params), [address.params]);
  const load = useCallback(() => api.get<Ledger>(`/ledger?${queryOf(part, Date.now())}`), [api, part]);
  const { data, error, loading } = useLoad(load, EVERY_SECONDS);
  return (
    <div data-testid="ledger" data-state={error ? 'error' : loading ? 'loading' : 'done'}>
      <LedgerControls api={api} part={part} set={address.set} />
      {error && <Alert title="The ledger could not be read">{error}</Alert>}
      {loading && <LoadingPlaceholder text="Loading the ledger" />}
      {data && <LedgerTotals ledger={data} />}
      {data && data.changes.length > 0 && <LedgerTable changes={data.changes} href={href} />}
      {data && data.changes.length === 0 && (
        <EmptyState variant="not-found" message="No change has saved anything in this time">
          Apply a suggestion: what it saves is booked here from the moment it is measured.
        </EmptyState>
      )}
    </div>
  );
}
