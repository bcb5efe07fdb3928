import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, type BadgeColor, type IconName, useStyles2 } from '@grafana/ui';
import type { Dependency, Health } from '../api/types';
import { words } from './format';

interface State {
  text: string;
  color: BadgeColor;
  icon: IconName;
}

/** What the backend depends on, and how each of it does. */
export function Dependencies({ health }: { health: Health }) {
  const styles = useStyles2(getStyles);
  return (
    <table className={styles.table} data-testid="dependencies">
      <thead>
        <tr>
          <th scope="col">Dependency</th>
          <th scope="col">State</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(health.dependencies).map(([name, one]) => (
          <tr key={name}>
            <th scope="row">{words(name)}</th>
            <td>
              <Badge {...stateOf(one)} />
            </td>
            <td>{one.detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function stateOf({ configured, ok }: Dependency): State {
  if (!configured) {
    return { text: 'Not configured', color: 'blue', icon: 'minus' };
  }
  return ok
    ? { text: 'Answers', color: 'green', icon: 'check' }
    : { text: 'Fails', color: 'red', icon: 'exclamation-triangle' };
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    maxWidth: 900,
    'th, td': { padding: theme.spacing(0.75, 2, 0.75, 0), textAlign: 'left', verticalAlign: 'top' },
    'thead th': { ...theme.typography.bodySmall, color: theme.colors.text.secondary },
    'tbody th': { fontWeight: theme.typography.fontWeightMedium },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    td: { overflowWrap: 'anywhere' },
  }),
});
