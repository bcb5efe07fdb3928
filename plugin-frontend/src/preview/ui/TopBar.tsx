import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, IconButton, useStyles2, useTheme2 } from '@grafana/ui';
import type { ReactNode } from 'react';

interface Props {
  crumbs: Array<{ text: string; href?: string }>;
  tooltip?: string;
  children?: ReactNode;
}

/** Where we are, and the controls of the page. */
export function TopBar({ crumbs, tooltip, children }: Props) {
  const styles = useStyles2(getStyles);
  const { isDark } = useTheme2();
  return (
    <header className={styles.bar}>
      <nav className={styles.crumbs} aria-label="Breadcrumbs">
        <span className={styles.logo} aria-hidden>
          <svg viewBox="0 0 64 64" width={24} height={24}>
            <rect width={64} height={64} rx={14} fill="#3871dc" />
            <path d="M10 38h9l5-15 8 26 7-21 4 10h11" fill="none" stroke="#fff" strokeWidth={5} />
          </svg>
        </span>
        {crumbs.map(({ text, href }, index) => (
          <span key={text} className={styles.crumb}>
            {index > 0 && <span className={styles.divider}>›</span>}
            {href ? <a href={href}>{text}</a> : <h1 className={styles.here}>{text}</h1>}
          </span>
        ))}
        {tooltip && <IconButton name="info-circle" tooltip={tooltip} aria-label="About this dashboard" size="md" />}
        <Badge text="Preview" color="blue" tooltip="Drawn without Grafana, from the same dashboard JSON" />
      </nav>
      <div className={styles.controls}>
        {children}
        <a className={styles.theme} href={isDark ? '?theme=light' : '?theme=dark'} onClick={keepHash}>
          {isDark ? 'Light' : 'Dark'}
        </a>
      </div>
    </header>
  );
}

function keepHash(event: React.MouseEvent<HTMLAnchorElement>): void {
  event.currentTarget.hash = window.location.hash;
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    position: 'sticky',
    top: 0,
    zIndex: theme.zIndex.navbarFixed,
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'center',
    justifyContent: 'space-between',
    minHeight: 48,
    padding: theme.spacing(1, 2),
    marginBottom: theme.spacing(1),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  crumbs: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), minWidth: 0 }),
  crumb: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    a: { color: theme.colors.text.secondary },
  }),
  logo: css({ display: 'flex' }),
  here: css({ ...theme.typography.h5, margin: 0 }),
  divider: css({ color: theme.colors.text.disabled }),
  controls: css({ display: 'flex', gap: theme.spacing(1), alignItems: 'center' }),
  theme: css({ color: theme.colors.text.secondary, padding: theme.spacing(0, 1) }),
});
