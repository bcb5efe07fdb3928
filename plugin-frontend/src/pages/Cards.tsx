import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Interval, Queue, SuggestionDetail } from '../api/types';
import { moment, plain, quantity, waitsFor, words } from './format';
import { LiveLook } from './LiveLook';
import { isLive, stepsOf } from './phases';
import { Facts, Section } from './Section';
import { StatusBadge } from './StatusBadge';
import { Steps } from './Steps';

interface Props {
  suggestion: SuggestionDetail;
}

export function ChangeCard({ suggestion }: Props) {
  if (suggestion.tunable === null) {
    return <Section title="Change">{`The ${suggestion.target} alone: see its patch below.`}</Section>;
  }
  const bounds = `${quantity(suggestion.minimum, suggestion.unit)} to ${quantity(suggestion.maximum, suggestion.unit)}`;
  return (
    <Section title="Change">
      <Diff text={suggestion.diff} />
      <Facts
        rows={[
          ['Tunable', suggestion.tunable],
          ['Declared bounds', bounds],
        ]}
      />
    </Section>
  );
}

/** Lines that go in red, lines that come in green. */
export function Diff({ text, testId = 'diff' }: { text: string; testId?: string }) {
  const styles = useStyles2(getStyles);
  const kind = (line: string) => (line.startsWith('+') ? styles.added : line.startsWith('-') ? styles.removed : '');
  return (
    <pre className={styles.diff} data-testid={testId}>
      {text.split('\n').map((line, index) => (
        <div key={index} className={kind(line)}>
          {line}
        </div>
      ))}
    </pre>
  );
}

export function RolloutCard({ suggestion: { rollout, verdict, queue, tunable } }: Props) {
  if (queue) {
    return <QueueCard queue={queue} />;
  }
  if (!rollout && tunable === null) {
    return (
      <Section title="Rollout">Not of a value: a patch is tried beside your repository, and merged by you.</Section>
    );
  }
  if (!rollout) {
    return <Section title="Rollout">Not applied: nothing has been changed.</Section>;
  }
  const { look } = rollout;
  return (
    <Section title="Rollout" aside={<StatusBadge status={rollout.phase} />}>
      <Steps steps={stepsOf(rollout)} of="change" />
      {look && <LiveLook look={look} rollout={rollout} />}
      <Facts
        rows={[
          ['Share of calls', isLive(rollout) && `${plain(rollout.share * 100)} % obey the new value`],
          ['Held', rollout.held && `since ${moment(rollout.held)}: the evidence is out of sight`],
          ['Since', moment(rollout.since)],
          ['Asked by', rollout.change.asked_by],
          ['Why', rollout.why],
          ['Verdict', verdict && <StatusBadge status={verdict.outcome} />],
          ['Because', verdict?.reason !== rollout.why && verdict?.reason],
        ]}
      />
    </Section>
  );
}

/** An apply that waits; it starts by itself. */
function QueueCard({ queue }: { queue: Queue }) {
  const { who, via, at, why, approved_by, place } = queue;
  return (
    <Section title="Rollout" aside={<StatusBadge status="queued" />}>
      <Facts
        rows={[
          ['Waits for', waitsFor(queue)],
          ['Why', why],
          ['Asked by', via ? `${who} (${via})` : who],
          ['Asked at', moment(at)],
          ['Approved by', approved_by.join(', ')],
          ['Place', `${place} in the queue`],
        ]}
      />
    </Section>
  );
}

/** What the change is worth, once that was measured. */
export function SavingCard({ suggestion: { saving } }: Props) {
  return (
    saving && (
      <Section title="Saving">
        <Facts
          rows={[
            ['An hour', interval(saving.usd_per_hour, 'USD')],
            ['Time an hour', interval(saving.seconds_per_hour, 's')],
            ['Errors an hour', interval(saving.errors_per_hour, '')],
            ['So far', quantity(saving.total_usd, 'USD')],
            ['Prices', saving.prices],
          ]}
        />
      </Section>
    )
  );
}

function interval(value: Interval | null, unit: string): string | undefined {
  return value ? `${quantity(value.low, unit)} to ${quantity(value.high, unit)}` : undefined;
}

export function HistoryCard({ suggestion }: Props) {
  const { history } = suggestion;
  return (
    <Section title="History">
      {history.length === 0 && 'Nothing has been done yet.'}
      <Facts
        wide
        rows={history.map((entry) => [
          moment(entry.at),
          `${words(entry.action)} by ${entry.who}${entry.via ? ` (${entry.via})` : ''}: ${words(entry.before || 'new')} → ${words(entry.after)}${entry.why ? `. ${entry.why}` : ''}`,
        ])}
      />
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  diff: css({ padding: theme.spacing(1), margin: theme.spacing(0, 0, 1.5), whiteSpace: 'pre-wrap' }),
  added: css({ color: theme.colors.success.text, background: theme.colors.success.transparent }),
  removed: css({
    color: theme.isDark ? theme.colors.error.text : theme.colors.error.shade,
    background: theme.colors.error.transparent,
  }),
});
