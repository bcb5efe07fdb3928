import { css } from '@emotion/css';
import type { GrafanaTheme2, ScopedVars } from '@grafana/data';
import { Alert, useStyles2 } from '@grafana/ui';
import { useCallback, useEffect, useMemo } from 'react';
import type { Api } from '../../api/api';
import { type Board, BoardContext } from '../data/context';
import { useChoices } from '../data/useChoices';
import { useMarks } from '../data/useMarks';
import type { Dashboard } from '../model/dashboard';
import { interpolate, type Scope } from '../model/interpolate';
import { dashboardHash } from '../model/location';
import { rangeOf, timeText } from '../model/time';
import { Controls } from './Controls';
import { Grid } from './Grid';
import { TimeControls } from './TimeControls';
import { TopBar } from './TopBar';
import { useAction } from './useAction';
import { useTurn } from './useTurn';

interface Props {
  api: Api;
  dashboard: Dashboard;
  params: URLSearchParams;
  tell: (severity: 'success' | 'error', title: string, text?: string) => void;
}

const NONE: never[] = [];

/** A dashboard with its controls; what is chosen stands in the address. */
export function DashboardView({ api, dashboard, params, tell }: Props) {
  const variables = dashboard.templating?.list ?? NONE;
  const from = timeText(params.get('from')) ?? dashboard.time?.from ?? 'now-1h';
  const to = timeText(params.get('to')) ?? dashboard.time?.to ?? 'now';
  const chosenZone = params.get('timezone') ?? undefined;
  const timeZone = chosenZone ?? (dashboard.timezone || 'browser');
  const interval = params.get('refresh') ?? (dashboard.refresh || '');
  const { turn, refresh } = useTurn(interval);
  const { choices, error: choicesError } = useChoices(api, variables, params, turn);
  const { act, question } = useAction(tell, refresh);
  const go = useGo(dashboard.uid, params);
  const scope = useMemo<Scope>(
    () => ({ variables: choices, from, to, timeZone: chosenZone }),
    [choices, from, to, chosenZone],
  );
  const replace = useReplace(scope);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- "now" moves with each turn
  const range = useMemo(() => rangeOf(from, to, timeZone), [from, to, timeZone, turn]);
  const { marks, error: marksError } = useMarks(api, dashboard.annotations?.list ?? NONE, range, turn, replace);
  const setRaw = useCallback((start: string, end: string) => go({ from: [start], to: [end] }), [go]);
  const board = useMemo<Board>(
    () => ({
      ...{ api, range, timeZone, scope, turn, marks, replace, act },
      sharedCrosshair: (dashboard.graphTooltip ?? 0) > 0,
      setRange: (start, end) => setRaw(String(Math.round(start)), String(Math.round(end))),
    }),
    [api, range, timeZone, scope, turn, marks, replace, act, dashboard.graphTooltip, setRaw],
  );
  const withState = (url: string, keepTime: boolean, includeVars: boolean) => {
    const parts = [
      keepTime && '${__url_time_range}',
      includeVars && '${__all_variables}',
      keepTime && `refresh=${interval}`,
    ];
    const query = parts.filter(Boolean).join('&');
    return replace(query ? `${url}${url.includes('?') ? '&' : '?'}${query}` : url);
  };
  return (
    <BoardContext.Provider value={board}>
      <TopBar crumbs={[{ text: 'Dashboards', href: '#/' }, { text: dashboard.title }]} tooltip={dashboard.description}>
        <TimeControls
          range={range}
          timeZone={timeZone}
          refresh={interval}
          intervals={dashboard.timepicker?.refresh_intervals}
          setRaw={setRaw}
          setRefresh={(value) => go({ refresh: [value] })}
          setTimeZone={(value) => go({ timezone: [value] })}
          onRefresh={refresh}
        />
      </TopBar>
      <Controls
        dashboard={dashboard}
        choices={choices}
        choose={(name, values) => go({ [`var-${name}`]: values })}
        withState={withState}
      />
      <Problem title="The choices of the variables could not be read" text={choicesError} />
      <Problem title="The marks of changes could not be read" text={marksError} />
      <Grid panels={dashboard.panels} />
      {question}
    </BoardContext.Provider>
  );
}

function Problem({ title, text }: { title: string; text?: string }) {
  const styles = useStyles2(getStyles);
  return text ? (
    <div className={styles.problem}>
      <Alert title={title}>{text}</Alert>
    </div>
  ) : null;
}

/** Writes what was chosen into the address, which draws the dashboard anew. */
function useGo(uid: string, params: URLSearchParams) {
  return useCallback(
    (changes: Record<string, string[]>) => {
      const next = new URLSearchParams(params);
      for (const [name, values] of Object.entries(changes)) {
        next.delete(name);
        values.forEach((value) => next.append(name, value));
      }
      window.location.hash = dashboardHash(uid, next);
    },
    [uid, params],
  );
}

function useReplace(scope: Scope): Board['replace'] {
  return useCallback(
    (text: string, scoped?: ScopedVars, format?: unknown) =>
      interpolate(text, scope, scoped, typeof format === 'string' ? format : undefined),
    [scope],
  );
}

/** Kept as an effect of the title, for the browser's tabs and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · AI Runtime Intelligence`;
  }, [title]);
}

const getStyles = (theme: GrafanaTheme2) => ({ problem: css({ padding: theme.spacing(0, 2) }) });
