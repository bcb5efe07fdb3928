import { css } from '@emotion/css';
import {
  type DataFrame,
  dateTime,
  type FieldConfigSource,
  FieldColorModeId,
  getTimeZone,
  type GrafanaTheme2,
} from '@grafana/data';
import { Alert, LoadingPlaceholder, useStyles2, useTheme2 } from '@grafana/ui';
import { useCallback, useMemo } from 'react';
import type { Api } from '../api/api';
import type { SuggestionDetail } from '../api/types';
import { answerOf, type QueryResponse, requestOf } from '../datasource/request';
import { configure } from '../graph/fields';
import { Graph } from '../graph/Graph';
import { useWidth } from '../graph/useWidth';
import { evidenceSpan, turnsOf } from './evidenceSpan';
import { words } from './format';
import { isLive } from './phases';
import { useLoad } from './useLoad';

const EVERY_SECONDS = 15;
const SELDOM_SECONDS = 600;
const POINTS = 240;
const HEIGHT = 150;
const NARROWEST = 320;
const GAP = 16;
const TARGETS = (suggestion: string) => [{ refId: 'A', type: 'evidence' as const, suggestion }];
const LOOK: Partial<FieldConfigSource> = {
  defaults: {
    color: { mode: FieldColorModeId.Fixed, fixedColor: 'blue' },
    custom: { lineWidth: 2, fillOpacity: 10 },
  },
};

interface Props {
  api: Api;
  suggestion: SuggestionDetail;
}

/** What was measured, drawn: a graph for each measure, from before the suggestion until after its last turn. */
export function SignalGraphs({ api, suggestion }: Props) {
  const { id, created_at, history, rollout } = suggestion;
  const load = useCallback(async () => {
    const span = evidenceSpan({ created_at, history }, Date.now());
    const request = requestOf({ targets: TARGETS(id) }, span, POINTS, String);
    const answer = request && answerOf(request, await api.post<QueryResponse>('/api/query', request));
    if (answer?.error) {
      throw new Error(answer.error);
    }
    return { frames: answer?.frames ?? [], span };
    // Each turn of the change moves the span.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, id, created_at, history.length]);
  const { data, error, loading } = useLoad(load, isLive(rollout) ? EVERY_SECONDS : SELDOM_SECONDS);
  if (loading) {
    return <LoadingPlaceholder text="Loading the series" />;
  }
  return (
    <div data-testid="series" data-state={error ? 'error' : 'done'}>
      {error && <Alert title="The series could not be read">{error}</Alert>}
      {data?.frames.length === 0 && <p>Prometheus has no series of these measures any more.</p>}
      {data && data.frames.length > 0 && <Graphs frames={data.frames} span={data.span} suggestion={suggestion} />}
    </div>
  );
}

interface GraphsProps {
  frames: DataFrame[];
  span: { from: number; to: number };
  suggestion: SuggestionDetail;
}

function Graphs({ frames, span, suggestion }: GraphsProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const timeZone = getTimeZone();
  const { box, width } = useWidth();
  const configured = useMemo(
    () => configure({ frames, fieldConfig: LOOK, replace: String, theme, timeZone }),
    [frames, theme, timeZone],
  );
  const range = useMemo(() => {
    const [from, to] = [dateTime(Math.max(span.from, firstOf(frames))), dateTime(span.to)];
    return { from, to, raw: { from, to } };
  }, [frames, span]);
  const marks = useMemo(() => turnsOf(suggestion), [suggestion]);
  const across = Math.max(1, Math.min(3, Math.floor((width + GAP) / (NARROWEST + GAP))));
  const each = Math.floor((width - GAP * (across - 1)) / across);
  return (
    <div ref={box} className={styles.graphs}>
      {width > 0 &&
        configured.map((frame) => (
          <figure key={frame.name} className={styles.graph} style={{ width: each }}>
            <figcaption>{words(frame.name ?? '')}</figcaption>
            <Graph
              frames={[frame]}
              {...{ range, timeZone, marks }}
              width={each}
              height={HEIGHT}
              legend={{ showLegend: false }}
            />
          </figure>
        ))}
    </div>
  );
}

/** When the series begin: a service that is younger than the span leaves no empty half. */
function firstOf(frames: DataFrame[]): number {
  return Math.min(...frames.map(({ fields: [time] }) => Number(time?.values[0] ?? 0)));
}

const getStyles = (theme: GrafanaTheme2) => ({
  graphs: css({ display: 'flex', flexWrap: 'wrap', gap: GAP, marginBottom: theme.spacing(2) }),
  graph: css({
    margin: 0,
    figcaption: { ...theme.typography.bodySmall, color: theme.colors.text.secondary },
  }),
});
