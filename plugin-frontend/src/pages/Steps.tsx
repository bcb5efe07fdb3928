import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, useStyles2 } from '@grafana/ui';
import { words } from './format';
import type { Step } from './phases';

const ICONS: Record<Step['state'], IconName> = { done: 'check', now: 'arrow-right', ahead: 'circle-mono' };
const TOLD: Record<Step['state'], string> = { done: 'done', now: 'now', ahead: 'to come' };
const TROUBLE = ['rolled_back', 'stuck', 'refused', 'failed', 'reverted'];

/** A way, step by step: what lies behind, where it is, and what may still come. */
export function Steps({ steps, of, testId = 'steps' }: { steps: Step[]; of: string; testId?: string }) {
  const styles = useStyles2(getStyles);
  return (
    <ol className={styles.steps} aria-label={`Progress of the ${of}`} data-testid={testId}>
      {steps.map(({ phase, state }) => (
        <li
          key={phase}
          className={cx(styles.step, styles[state], TROUBLE.includes(phase) && styles.trouble)}
          aria-current={state === 'now' ? 'step' : undefined}
        >
          <Icon name={ICONS[state]} size="sm" aria-hidden />
          {words(phase)} <span className="sr-only">({TOLD[state]})</span>
        </li>
      ))}
    </ol>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  steps: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    listStyle: 'none',
    margin: theme.spacing(0, 0, 1.5),
    padding: 0,
  }),
  step: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: theme.spacing(0.25, 1),
    borderRadius: theme.shape.radius.pill,
    border: `1px solid ${theme.colors.border.medium}`,
  }),
  done: css({ color: theme.colors.success.text, borderColor: theme.colors.success.border }),
  now: css({ color: theme.colors.info.text, borderColor: theme.colors.info.border, fontWeight: 500 }),
  ahead: css({ color: theme.colors.text.secondary }),
  trouble: css({ color: theme.colors.warning.text, borderColor: theme.colors.warning.border }),
});
