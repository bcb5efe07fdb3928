import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

interface Props {
  href: string;
  external?: boolean;
  children: ReactNode;
}

/** A link that needs no router: Grafana follows plain ones without loading itself anew, and the preview has none. */
export function PlainLink({ href, external = false, children }: Props) {
  const styles = useStyles2(getStyles);
  const outside = external ? { target: '_blank', rel: 'noopener noreferrer' } : {};
  return (
    <a className={styles.link} href={href} {...outside}>
      {children}
    </a>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  link: css({ color: theme.colors.text.link, '&:hover': { textDecoration: 'underline' } }),
});
