import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

interface SectionProps {
  title: string;
  children: ReactNode;
  aside?: ReactNode;
  /** A name by which a button elsewhere on the page leads here. */
  id?: string;
}

/** A titled box in the look of a panel. */
export function Section({ title, children, aside, id }: SectionProps) {
  const styles = useStyles2(getStyles);
  return (
    <section className={styles.box} id={id} tabIndex={id ? -1 : undefined}>
      <h2 className={styles.title}>
        {title}
        {aside}
      </h2>
      {children}
    </section>
  );
}

interface FactsProps {
  rows: Array<[name: string, value: ReactNode]>;
  /** Room for long names. */
  wide?: boolean;
}

/** Names and values side by side; rows without a value are left out. */
export function Facts({ rows, wide = false }: FactsProps) {
  const styles = useStyles2(getStyles);
  const filled = rows.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '');
  return (
    <dl className={cx(styles.facts, wide && styles.wide)}>
      {filled.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    padding: theme.spacing(2),
    marginBottom: theme.spacing(1),
    minWidth: 0,
  }),
  title: css({
    ...theme.typography.h6,
    display: 'flex',
    gap: theme.spacing(1),
    alignItems: 'center',
    marginBottom: theme.spacing(1.5),
  }),
  facts: css({ margin: 0 }),
  wide: css({ dt: { flexBasis: 256 } }),
  fact: css({
    display: 'flex',
    gap: theme.spacing(2),
    padding: theme.spacing(0.5, 0),
    dt: { flex: '0 0 128px', fontWeight: theme.typography.fontWeightRegular, color: theme.colors.text.secondary },
    dd: { margin: 0, minWidth: 0, overflowWrap: 'anywhere' },
  }),
});
