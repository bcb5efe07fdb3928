import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Arm, Look, Replicas, SuggestionDetail } from '../api/types';
import { moment, plain, quantity } from './format';
import { isLive } from './phases';
import { Facts } from './Section';

interface Props {
  look: Look;
  rollout: SuggestionDetail['rollout'];
}

/** What both arms have counted so far, and which replicas are with it, as of the latest look. */
export function LiveLook({ look: { at, note, control, candidate, replicas }, rollout }: Props) {
  const live = isLive(rollout);
  return (
    <>
      <Arms control={control} candidate={candidate} />
      <Facts
        rows={[
          ['Looked at', live && moment(at)],
          ['Finding', live && note],
          live ? ['Replicas', told(replicas)] : ['Read back', readBack(replicas)],
        ]}
      />
    </>
  );
}

/** Old and new value side by side: each call obeys one of them. */
function Arms({ control, candidate }: { control: Arm; candidate: Arm }) {
  const styles = useStyles2(getStyles);
  const rows: Array<[name: string, tell: (arm: Arm) => string]> = [
    ['Calls', ({ calls }) => calls.toLocaleString('en-US')],
    ['Errors', ({ errors, calls }) => each(errors, calls, (ratio) => `${plain(ratio * 100)} %`)],
    ['Time a call', ({ seconds, calls }) => each(seconds, calls, (mean) => quantity(mean, 's'))],
    ['Cost a call', ({ cost_usd, calls }) => each(cost_usd, calls, (mean) => quantity(mean, 'USD'))],
  ];
  return (
    <table className={styles.table} data-testid="arms">
      <thead>
        <tr>
          <th scope="col">So far</th>
          <th scope="col">Old value</th>
          <th scope="col">New value</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, tell]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{tell(control)}</td>
            <td>{tell(candidate)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function each(sum: number, calls: number, tell: (mean: number) => string): string {
  return calls > 0 ? tell(sum / calls) : 'no calls yet';
}

/** After the end: who does what holds now. That is seen at the next poll and scrape of a replica, not before. */
function readBack({ obeying, lagging, behind }: Replicas): string {
  const all = obeying.length + lagging.length + behind.length;
  return all === 0 ? 'no replica is seen' : `${obeying.length} of ${all} obey what holds now`;
}

function told({ obeying, lagging, behind, gone, joined, restarted, outdated }: Replicas): string {
  const counts: Array<[number, string]> = [
    [obeying.length, 'obey'],
    [lagging.length, 'not yet'],
    [behind.length, 'behind'],
    [joined.length, 'joined'],
    [restarted.length, 'restarted'],
    [gone.length, 'gone'],
    [outdated.length, 'with an old config'],
  ];
  const some = counts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
  return some.join(', ') || 'none seen yet';
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    marginBottom: theme.spacing(1),
    'th, td': { padding: theme.spacing(0.5, 2, 0.5, 0), textAlign: 'left' },
    th: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    td: { fontVariantNumeric: 'tabular-nums' },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
});
