import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, useStyles2 } from '@grafana/ui';

interface Props {
  width: number;
  height: number;
  text: string;
  icon?: IconName;
}

/** A sentence in the middle of a panel, in place of what cannot be drawn. */
export function Notice({ width, height, text, icon }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} style={{ width, height }}>
      {icon && <Icon name={icon} size="lg" className={styles.icon} />}
      <span>{text}</span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0, 2),
    overflow: 'auto',
    textAlign: 'center',
    color: theme.colors.text.secondary,
  }),
  icon: css({ color: theme.colors.error.text }),
});
