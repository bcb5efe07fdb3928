import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, type AlertVariant, useStyles2 } from '@grafana/ui';
import { useCallback, useState } from 'react';

export interface Toast {
  id: number;
  title: string;
  text?: string;
  severity: AlertVariant;
}

const STAYS_MS = 6000;
let last = 0;

/** Short messages at the top right; errors stay longer. */
export function useToasts() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const drop = useCallback((id: number) => setToasts((old) => old.filter((one) => one.id !== id)), []);
  const toast = useCallback(
    (severity: AlertVariant, title: string, text?: string) => {
      const id = ++last;
      setToasts((old) => [...old, { id, title, text, severity }]);
      setTimeout(() => drop(id), severity === 'error' ? 2 * STAYS_MS : STAYS_MS);
    },
    [drop],
  );
  return { toasts, toast, drop };
}

export function Toasts({ toasts, drop }: { toasts: Toast[]; drop: (id: number) => void }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} aria-live="polite" data-testid="toasts">
      {toasts.map(({ id, title, text, severity }) => (
        <Alert key={id} title={title} severity={severity} elevated onRemove={() => drop(id)}>
          {text}
        </Alert>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'fixed',
    top: theme.spacing(10),
    right: theme.spacing(2),
    width: 400,
    maxWidth: '90vw',
    zIndex: theme.zIndex.portal,
  }),
});
