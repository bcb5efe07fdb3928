import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { useWidth } from '../../graph/useWidth';
import { useBoard } from '../data/context';
import type { Panel } from '../model/dashboard';
import { heightOf, place } from '../model/layout';
import { Boundary } from './Boundary';
import { Broken, PanelBox } from './PanelBox';

/** All panels where the JSON says; rows fold. */
export function Grid({ panels }: { panels: Panel[] }) {
  const styles = useStyles2(getStyles);
  const { replace, turn } = useBoard();
  const { box, width } = useWidth();
  const [folded, setFolded] = useState(() => new Set(panels.filter(({ collapsed }) => collapsed).map(({ id }) => id)));
  const placed = useMemo(() => (width > 0 ? place(panels, width, folded) : []), [panels, width, folded]);
  const toggle = (id: number) =>
    setFolded((old) => new Set(old.has(id) ? [...old].filter((one) => one !== id) : [...old, id]));
  return (
    <main className={styles.page}>
      <div ref={box} className={styles.grid} style={{ height: heightOf(placed) }}>
        {placed.map((one) =>
          one.panel.type === 'row' ? (
            <button
              key={one.panel.id}
              type="button"
              className={styles.row}
              style={{ left: one.left, top: one.top, width: one.width, height: one.height }}
              aria-expanded={!folded.has(one.panel.id)}
              onClick={() => toggle(one.panel.id)}
            >
              <Icon name={folded.has(one.panel.id) ? 'angle-right' : 'angle-down'} />
              {replace(one.panel.title ?? '', {}, 'text')}
            </button>
          ) : (
            <Boundary
              key={one.panel.id}
              attempt={turn}
              fallback={(error) => <Broken placed={one} error={`This panel could not be drawn: ${error}`} />}
            >
              <PanelBox placed={one} />
            </Boundary>
          ),
        )}
      </div>
    </main>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ padding: theme.spacing(0, 2, 2) }),
  grid: css({ position: 'relative' }),
  row: css({
    ...theme.typography.h6,
    position: 'absolute',
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: 0,
    border: 0,
    background: 'none',
    color: theme.colors.text.primary,
    textAlign: 'left',
  }),
});
