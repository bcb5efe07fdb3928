import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import type { PatchRun, SuggestionDetail } from '../api/types';
import { moment, plain, webUrl, words } from './format';
import { patchSteps } from './phases';
import { Facts } from './Section';
import { StatusBadge } from './StatusBadge';
import { Steps } from './Steps';

interface Props {
  run: PatchRun;
  history: SuggestionDetail['history'];
}

/** How far the patch is, what was run for it and what that gave. */
export function PatchProgress({ run, history }: Props) {
  const { branches, bench, verdict } = run;
  const url = webUrl(run.url);
  return (
    <div data-testid="patch-run">
      <Steps steps={patchSteps(run, history)} of="patch" testId="patch-steps" />
      <Ran ran={run.ran} />
      <Facts
        rows={[
          ['Asked by', run.asked_by],
          ['Since', moment(run.since)],
          ['Why', run.why],
          ['Benchmark', bench && <StatusBadge status={bench.outcome} />],
          ['Old and new code', bench && measured(bench)],
          ['Difference', bench && difference(bench)],
          ['Branch', branches && `${branches.branch}, onto ${branches.target} at ${branches.base.slice(0, 12)}`],
          ['Revert branch', branches?.revert_branch],
          ['Pull request', run.url && (url ? <Link url={url} /> : run.url)],
          ['Merged as', run.merged_commit.slice(0, 12)],
          ['Verdict', verdict && <StatusBadge status={verdict.outcome} />],
          ['Because', verdict?.reason !== run.why && verdict?.reason],
        ]}
      />
    </div>
  );
}

function Link({ url }: { url: string }) {
  return (
    <TextLink href={url} external>
      {url}
    </TextLink>
  );
}

/** Each command, how it ended, and the end of what it printed. */
function Ran({ ran }: Pick<PatchRun, 'ran'>) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {ran.map(({ name, outcome, seconds, output }, index) => (
        <details key={index} className={styles.ran}>
          <summary>
            {words(name)}: {outcome}, {plain(seconds)} s
          </summary>
          <pre className={styles.output}>{output || 'It printed nothing.'}</pre>
        </details>
      ))}
    </>
  );
}

type Bench = NonNullable<PatchRun['bench']>;

/** What a benchmark prints has no unit; lower is better. */
function measured({ before, after, runs }: Bench): string | false {
  return before !== null && after !== null && `${plain(before)} and ${plain(after)}, lower is better; ${runs} runs`;
}

function difference({ low, high }: Bench): string | false {
  return low !== null && high !== null && `${plain(low)} to ${plain(high)}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  ran: css({ marginBottom: theme.spacing(1), summary: { cursor: 'pointer' } }),
  output: css({ margin: theme.spacing(1, 0), whiteSpace: 'pre-wrap', overflow: 'auto', maxHeight: 240 }),
});
