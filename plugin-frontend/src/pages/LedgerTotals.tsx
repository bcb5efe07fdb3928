import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Ledger } from '../api/types';
import { estimate, plain, quantity } from './format';

const USD = 'USD';

/** The sum of the books, and what is left after the optimiser's own cost. */
export function LedgerTotals({ ledger }: { ledger: Ledger }) {
  const styles = useStyles2(getStyles);
  const { saved, own_usd, model_usd, holdout_usd, net_usd, roi, priced_ratio, prices } = ledger;
  const tiles = [
    { name: 'Saved', ...estimate(saved.usd, USD) },
    {
      name: 'Own cost',
      mid: quantity(own_usd, USD),
      range: `models ${quantity(model_usd, USD)}, calls kept on old values ${quantity(holdout_usd, USD)}`,
    },
    { name: 'Net', ...estimate(net_usd, USD) },
    { name: 'Return', mid: roi === null ? 'no value' : `${plain(roi)} x`, range: 'net for each dollar of own cost' },
    { name: 'Time saved', ...estimate(saved.seconds, 's') },
    { name: 'Errors saved', ...estimate(saved.errors, '1') },
  ];
  return (
    <>
      <dl className={styles.tiles} data-testid="totals">
        {tiles.map(({ name, mid, range }) => (
          <div key={name} className={styles.tile}>
            <dt>{name}</dt>
            <dd className={styles.number}>{mid}</dd>
            <dd className={styles.range}>{range}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.range}>
        {prices.length > 0 ? `Prices: ${prices.join('; ')}. ` : ''}
        {pricedOf(priced_ratio)}
      </p>
    </>
  );
}

function pricedOf(ratio: number | null): string {
  if (ratio === null) {
    return '';
  }
  return ratio === 1 ? 'Every model call had a price.' : `At least ${plain(ratio * 100)} % of model calls had a price.`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  tiles: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))',
    gap: theme.spacing(1),
    margin: theme.spacing(0, 0, 1),
  }),
  tile: css({
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    padding: theme.spacing(1.5, 2),
    dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    dd: { margin: 0 },
  }),
  number: css({ ...theme.typography.h3, fontVariantNumeric: 'tabular-nums' }),
  range: css({ ...theme.typography.bodySmall, color: theme.colors.text.secondary, minHeight: '1.5em' }),
});
