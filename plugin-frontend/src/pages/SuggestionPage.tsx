import type { GrafanaTheme2 } from '@grafana/data';
import { css } from '@emotion/css';
import { Alert, LoadingPlaceholder, Stack, Text, useStyles2 } from '@grafana/ui';
import { useCallback } from 'react';
import type { Api, Watch } from '../api/api';
import type { SuggestionDetail } from '../api/types';
import { ChangeCard, HistoryCard, RolloutCard, SavingCard } from './Cards';
import { EffectCard } from './EffectCard';
import { CodeEvidence, DocEvidence, SignalEvidence } from './Evidence';
import { Moves } from './Moves';
import { SignalGraphs } from './SignalGraphs';
import { PatchCard, WordingCard } from './PatchCard';
import type { Asking } from './Question';
import { StatusBadge } from './StatusBadge';
import { isLive } from './phases';
import { useLoad } from './useLoad';
import { useWatch } from './useWatch';

const EVERY_SECONDS = 5;

interface Props {
  api: Api;
  id: string;
  /** Why this user may not change anything; absent when they may. */
  refusal?: string;
  onMoved?: (done: string) => void;
  /** Tells at once that a rollout has gone on, where there is such a thing. */
  watch?: Watch;
}

/** One suggestion: what it claims, why, what became of it, and the buttons. */
export function SuggestionPage({ api, id, refusal, onMoved, watch }: Props) {
  const load = useCallback(() => api.get<SuggestionDetail>(`/suggestions/${encodeURIComponent(id)}`), [api, id]);
  const { data, error, loading, reload, set } = useLoad(load, EVERY_SECONDS);
  useWatch(data && isLive(data.rollout) ? watch : undefined, id, reload);
  if (loading) {
    return <LoadingPlaceholder text="Loading the suggestion" />;
  }
  return (
    <div data-testid="suggestion" data-state={error ? 'error' : 'done'}>
      {error && (
        <Alert title={data ? 'The suggestion could not be read again' : 'The suggestion could not be read'}>
          {error}
        </Alert>
      )}
      {data && <Detail {...{ api, refusal, onMoved }} suggestion={data} onChange={set} onStale={reload} />}
    </div>
  );
}

function Detail(props: Asking & { refusal?: string }) {
  const styles = useStyles2(getStyles);
  const { api, suggestion } = props;
  const { evidence } = suggestion;
  return (
    <>
      <header className={styles.header}>
        <div className={styles.heading}>
          <Text element="h1" variant="h3">
            {suggestion.title}
          </Text>
          <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
            <StatusBadge status={suggestion.status} />
            <StatusBadge status={suggestion.risk} prefix="Risk: " />
            <Text color="secondary">
              {suggestion.service} / {suggestion.primitive} ({suggestion.kind}), rule {suggestion.rule}
            </Text>
          </Stack>
        </div>
        <Moves {...props} />
      </header>
      <p className={styles.claim}>{suggestion.claim}</p>
      <div className={styles.cards}>
        <EffectCard suggestion={suggestion} />
        <div className={styles.column}>
          <ChangeCard suggestion={suggestion} />
          <SavingCard suggestion={suggestion} />
        </div>
        <RolloutCard suggestion={suggestion} />
      </div>
      <SignalEvidence signals={evidence.signals} finding={suggestion.finding}>
        <SignalGraphs api={api} suggestion={suggestion} />
      </SignalEvidence>
      <CodeEvidence code={evidence.code} />
      <PatchCard {...props} />
      <DocEvidence docs={evidence.docs} />
      <WordingCard wording={suggestion.wording} />
      <HistoryCard suggestion={suggestion} />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  header: css({
    display: 'flex',
    gap: theme.spacing(2),
    justifyContent: 'space-between',
    alignItems: 'flex-start',
    flexWrap: 'wrap',
  }),
  heading: css({ flex: '1 1 400px', minWidth: 0, h1: { marginBottom: theme.spacing(1) } }),
  claim: css({ margin: theme.spacing(2, 0), maxWidth: '90ch' }),
  cards: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
    // They stand side by side: the gap is theirs, and the last of a column reaches down to the others' end.
    '& section': { marginBottom: 0 },
  }),
  column: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(1),
    minWidth: 0,
    '& > :last-child': { flexGrow: 1 },
  }),
});
