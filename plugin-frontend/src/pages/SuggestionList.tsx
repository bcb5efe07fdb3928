import { Alert, Box, EmptyState, InteractiveTable, LoadingPlaceholder, Text, TextLink } from '@grafana/ui';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import type { Api } from '../api/api';
import type { SuggestionList as List, SuggestionSummary } from '../api/types';
import type { Address } from './address';
import { AnalyseNow } from './AnalyseNow';
import { Filters } from './Filters';
import { moment, quantity, waitsFor } from './format';
import { type Listing, listed, listingOf, paramsOf, type Sort } from './listing';
import { PolicyCard } from './PolicyCard';
import { StatusBadge } from './StatusBadge';
import { useLoad } from './useLoad';

const EVERY_SECONDS = 15;

interface Props {
  api: Api;
  address: Address;
  href: (id: string) => string;
  /** Why this user may not change anything; absent when they may. */
  refusal?: string;
}

/** All suggestions, with filters; what is chosen stands in the address. */
export function SuggestionList({ api, address, href, refusal }: Props) {
  const load = useCallback(() => api.get<List>('/suggestions'), [api]);
  const { data, error, loading, reload } = useLoad(load, EVERY_SECONDS);
  if (loading) {
    return <LoadingPlaceholder text="Loading suggestions" />;
  }
  const analyse = <AnalyseNow api={api} refusal={refusal} onDone={reload} />;
  return (
    <div data-testid="suggestions" data-state={error ? 'error' : 'done'}>
      {error && <Alert title="The suggestions could not be read">{error}</Alert>}
      {data && data.suggestions.length > 0 && (
        <Listed all={data.suggestions} address={address} href={href} analyse={analyse} />
      )}
      {data && data.suggestions.length === 0 && (
        <EmptyState variant="completed" message="Nothing to suggest" button={analyse}>
          No analysis has found anything worth changing yet.
        </EmptyState>
      )}
      <Box marginTop={2}>
        <PolicyCard api={api} />
      </Box>
    </div>
  );
}

interface ListedProps {
  all: SuggestionSummary[];
  address: Address;
  href: Props['href'];
  analyse: ReactNode;
}

function Listed({ all, address, href, analyse }: ListedProps) {
  const listing = useMemo(() => listingOf(address.params), [address.params]);
  const shown = useMemo(() => listed(all, listing), [all, listing]);
  const change = (part: Partial<Listing>) => address.set(paramsOf({ ...listing, ...part }));
  return (
    <>
      <Filters all={all} shown={shown.length} listing={listing} change={change}>
        {analyse}
      </Filters>
      {shown.length > 0 ? (
        <Rows suggestions={shown} href={href} listing={listing} change={change} />
      ) : (
        <EmptyState variant="not-found" message="No suggestion is of this kind">
          Change the search or the filters, or clear them.
        </EmptyState>
      )}
    </>
  );
}

type Cell = { row: { original: SuggestionSummary } };

/** Grafana's table offers to sort by a column only when it could itself; the order is ours. */
const sorted = { sortType: 'alphanumeric' as const };

const columnsWith = (href: Props['href']) => [
  {
    id: 'title',
    header: 'Suggestion',
    ...sorted,
    cell: ({ row: { original: one } }: Cell) => <TextLink href={href(one.id)}>{one.title}</TextLink>,
  },
  { id: 'service', header: 'Service', ...sorted },
  { id: 'primitive', header: 'Primitive', ...sorted },
  { id: 'rule', header: 'Rule', ...sorted },
  { id: 'tunable', header: 'Change', cell: ({ row }: Cell) => changeOf(row.original) },
  { id: 'risk', header: 'Risk', ...sorted, cell: ({ row }: Cell) => <StatusBadge status={row.original.risk} /> },
  { id: 'status', header: 'Status', ...sorted, cell: ({ row }: Cell) => <Status one={row.original} /> },
  { id: 'updated_at', header: 'Updated', ...sorted, cell: ({ row }: Cell) => moment(row.original.updated_at) },
];

/** Where it stands, and if it waits, for what and who asked. */
function Status({ one: { status, queue } }: { one: SuggestionSummary }) {
  return (
    <>
      <StatusBadge status={status} />
      {queue && (
        <Text element="p" variant="bodySmall" color="secondary">
          Asked by {queue.who}; waits for {waitsFor(queue)}
        </Text>
      )}
    </>
  );
}

interface RowsProps {
  suggestions: SuggestionSummary[];
  href: Props['href'];
  listing: Listing;
  change: (part: Partial<Listing>) => void;
}

function Rows({ suggestions, href, listing, change }: RowsProps) {
  const columns = useMemo(() => columnsWith(href), [href]);
  return (
    <InteractiveTable
      columns={columns}
      data={suggestions}
      getRowId={(one) => one.id}
      pageSize={50}
      initialSortBy={[{ id: listing.sort, desc: listing.descending }]}
      fetchData={useSorting(listing, change)}
    />
  );
}

/** Grafana's table tells its order when it appears as well as at a click: only another order counts. */
function useSorting(listing: Listing, change: RowsProps['change']) {
  const now = useRef({ listing, change });
  now.current = { listing, change };
  return useCallback(({ sortBy: [first] }: { sortBy: Array<{ id: string; desc?: boolean }> }) => {
    const next = { sort: (first?.id ?? 'status') as Sort, descending: first?.desc ?? false };
    const { listing: old } = now.current;
    if (next.sort !== old.sort || next.descending !== old.descending) {
      now.current.change(next);
    }
  }, []);
}

function changeOf({ tunable, target, from_value, to_value, unit }: SuggestionSummary): string {
  if (tunable === null) {
    return `${target}: by its patch`;
  }
  return `${tunable}: ${quantity(from_value, unit)} → ${quantity(to_value, unit)}`;
}
