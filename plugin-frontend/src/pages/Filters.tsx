import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, FilterInput, MultiSelect, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { SuggestionSummary } from '../api/types';
import { words } from './format';
import { choicesOf, type Filter, FILTERS, type Listing } from './listing';

interface Props {
  all: SuggestionSummary[];
  shown: number;
  listing: Listing;
  change: (part: Partial<Listing>) => void;
  /** What else stands in the bar. */
  children?: ReactNode;
}

const IDENTIFIERS = new Set<Filter>(['service', 'rule']);

/** Search, one choice for each property, and how many are left. */
export function Filters({ all, shown, listing, change, children }: Props) {
  const styles = useStyles2(getStyles);
  const choose = (name: Filter, values: string[]) => change({ chosen: { ...listing.chosen, [name]: values } });
  const filtered = listing.search !== '' || FILTERS.some((name) => listing.chosen[name].length > 0);
  const none = { status: [], service: [], rule: [], risk: [] };
  return (
    <div className={styles.bar} role="search" aria-label="Filter suggestions">
      <div className={styles.search}>
        <FilterInput
          aria-label="Search"
          placeholder="Search titles, services, primitives, rules"
          value={listing.search}
          escapeRegex={false}
          onChange={(search) => change({ search })}
        />
      </div>
      {FILTERS.map((name) => (
        <div key={name} className={styles.choice} data-testid={`filter-${name}`}>
          <MultiSelect
            aria-label={words(name)}
            placeholder={words(name)}
            options={optionsOf(all, name, listing.chosen[name])}
            value={listing.chosen[name]}
            onChange={(picked) =>
              choose(
                name,
                picked.flatMap(({ value }) => value ?? []),
              )
            }
          />
        </div>
      ))}
      <span className={styles.count} aria-live="polite">
        {shown === all.length ? `${shown} in all` : `${shown} of ${all.length}`}
      </span>
      {filtered && (
        <Button variant="secondary" fill="text" icon="times" onClick={() => change({ search: '', chosen: none })}>
          Clear
        </Button>
      )}
      {children}
    </div>
  );
}

/** What the address names stays to be seen, though no suggestion is of it any more. */
function optionsOf(all: SuggestionSummary[], name: Filter, chosen: string[]) {
  const found = choicesOf(all, name);
  const gone = chosen.filter((value) => !found.some((one) => one.value === value));
  const label = (value: string) => (IDENTIFIERS.has(name) ? value : words(value));
  return [...found, ...gone.map((value) => ({ value, count: 0 }))].map(({ value, count }) => ({
    value,
    label: label(value),
    description: String(count),
  }));
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(2),
  }),
  search: css({ flex: '1 1 280px' }),
  choice: css({ flex: '0 1 180px', minWidth: 140 }),
  count: css({ color: theme.colors.text.secondary, minWidth: 64 }),
});
