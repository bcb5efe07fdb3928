import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { InteractiveTable, TextLink, useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { Interval, LedgerChange } from '../api/types';
import { estimate, moment, quantity, words } from './format';
import { StatusBadge } from './StatusBadge';

type Cell = { row: { original: LedgerChange } };

interface Props {
  changes: LedgerChange[];
  href: (suggestion: string) => string;
}

/** A row for each change: what, where it stands, and what it saved with how sure that is. */
export function LedgerTable({ changes, href }: Props) {
  const columns = useMemo(() => columnsWith(href), [href]);
  return <InteractiveTable columns={columns} data={changes} getRowId={(one) => one.rollout} pageSize={50} />;
}

const columnsWith = (href: Props['href']) => [
  {
    id: 'tunable',
    header: 'Change',
    sortType: 'string' as const,
    cell: ({ row: { original: one } }: Cell) => (
      <TextLink href={href(one.suggestion)}>{`${one.tunable}: ${one.before} → ${one.after}`}</TextLink>
    ),
  },
  { id: 'service', header: 'Service', sortType: 'string' as const },
  { id: 'primitive', header: 'Primitive', sortType: 'string' as const },
  { id: 'phase', header: 'Phase', cell: ({ row }: Cell) => <StatusBadge status={row.original.phase} /> },
  { id: 'basis', header: 'Basis', cell: ({ row }: Cell) => basisOf(row.original) },
  { id: 'usd', header: 'Saved', cell: ({ row }: Cell) => <Saved value={row.original.saved.usd} unit="USD" /> },
  { id: 'seconds', header: 'Time', cell: ({ row }: Cell) => <Saved value={row.original.saved.seconds} unit="s" /> },
  { id: 'errors', header: 'Errors', cell: ({ row }: Cell) => <Saved value={row.original.saved.errors} unit="1" /> },
  { id: 'own', header: 'Own cost', cell: ({ row }: Cell) => quantity(row.original.holdout_usd, 'USD') },
  { id: 'net', header: 'Net', cell: ({ row }: Cell) => <Saved value={row.original.net_usd} unit="USD" /> },
];

/** On what ground the amount stands, and since when it grows old. */
function basisOf({ basis, ageing_since }: LedgerChange): string {
  return ageing_since === null ? words(basis) : `${words(basis)}, ageing since ${moment(ageing_since)}`;
}

function Saved({ value, unit }: { value: Interval | null; unit: string }) {
  const styles = useStyles2(getStyles);
  const { mid, range } = estimate(value, unit);
  return (
    <span className={styles.amount}>
      {mid} <small>{range}</small>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  amount: css({
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    small: { color: theme.colors.text.secondary, display: 'block' },
  }),
});
