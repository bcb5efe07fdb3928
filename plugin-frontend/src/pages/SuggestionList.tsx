import { Alert, EmptyState, InteractiveTable, LoadingPlaceholder, TextLink } from '@grafana/ui';
import { useCallback } from 'react';
import type { Api } from '../api/api';
import type { SuggestionList as List, SuggestionSummary } from '../api/types';
import { moment, quantity } from './format';
import { StatusBadge } from './StatusBadge';
import { useLoad } from './useLoad';

const EVERY_SECONDS = 15;

interface Props {
  api: Api;
  href: (id: string) => string;
}

/** All suggestions, newest first. */
export function SuggestionList({ api, href }: Props) {
  const load = useCallback(() => api.get<List>('/suggestions'), [api]);
  const { data, error, loading } = useLoad(load, EVERY_SECONDS);
  if (loading) {
    return <LoadingPlaceholder text="Loading suggestions" />;
  }
  return (
    <>
      {error && <Alert title="The suggestions could not be read">{error}</Alert>}
      {data && data.suggestions.length > 0 && <Rows suggestions={data.suggestions} href={href} />}
      {data && data.suggestions.length === 0 && (
        <EmptyState variant="completed" message="Nothing to suggest">
          No analysis has found anything worth changing yet.
        </EmptyState>
      )}
    </>
  );
}

function Rows({ suggestions, href }: { suggestions: SuggestionSummary[]; href: Props['href'] }) {
  type Cell = { row: { original: SuggestionSummary } };
  const columns = [
    {
      id: 'title',
      header: 'Suggestion',
      sortType: 'string' as const,
      cell: ({ row: { original: one } }: Cell) => <TextLink href={href(one.id)}>{one.title}</TextLink>,
    },
    { id: 'service', header: 'Service', sortType: 'string' as const },
    { id: 'primitive', header: 'Primitive', sortType: 'string' as const },
    {
      id: 'tunable',
      header: 'Change',
      cell: ({ row: { original: one } }: Cell) =>
        `${one.tunable}: ${quantity(one.from_value, one.unit)} → ${quantity(one.to_value, one.unit)}`,
    },
    { id: 'risk', header: 'Risk', cell: ({ row }: Cell) => <StatusBadge status={row.original.risk} /> },
    {
      id: 'status',
      header: 'Status',
      sortType: 'string' as const,
      cell: ({ row }: Cell) => <StatusBadge status={row.original.status} />,
    },
    { id: 'updated_at', header: 'Updated', cell: ({ row }: Cell) => moment(row.original.updated_at) },
  ];
  return <InteractiveTable columns={columns} data={suggestions} getRowId={(one) => one.id} pageSize={50} />;
}
