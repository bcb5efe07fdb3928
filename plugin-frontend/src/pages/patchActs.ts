import type { PatchRun, SuggestionDetail } from '../api/types';
import type { Act } from './Question';

type Patch = NonNullable<SuggestionDetail['patch']>;

const OVER: Array<PatchRun['phase']> = ['refused', 'failed', 'reverted'];

/** What can be done about a patch now, and why it cannot. */
export function patchActs(
  { run }: Pick<Patch, 'run'>,
  suggestion: SuggestionDetail,
): Array<Act & { obstacle?: string }> {
  const acts = [];
  if (run === null || OVER.includes(run.phase)) {
    acts.push(trying(run, suggestion));
  }
  if (run?.phase === 'waiting') {
    acts.push(approving(run, suggestion));
  }
  if (run?.phase === 'branched' && unproposed(suggestion)) {
    acts.push(proposing(suggestion));
  }
  if (run !== null && (run.phase === 'failed' ? run.branches !== null : !OVER.includes(run.phase))) {
    acts.push(reverting(run));
  }
  return acts;
}

function trying(run: PatchRun | null, { status, revision }: SuggestionDetail) {
  return {
    path: 'patch',
    revision,
    label: run ? 'Try the patch again' : 'Try the patch',
    question:
      'The patch is checked, replayed and benchmarked beside your repository, by the commands of your operator. Only when it is better, a branch with it, and a pull request if a forge is named, are made. Nothing is merged.',
    asksReason: false,
    destructive: false,
    done: () => 'The patch is tried',
    obstacle: status === 'open' ? undefined : `It is ${status.replace('_', ' ')}, no longer open.`,
  };
}

/** Whether it is somebody else than who asked, the backend knows. */
function approving({ asked_by }: PatchRun, { revision }: SuggestionDetail) {
  return {
    path: 'patch',
    revision,
    label: 'Approve the patch',
    question: `${asked_by} asked for this patch. With your approval it is tried, as far as a branch. Nothing is merged.`,
    asksReason: false,
    destructive: false,
    done: () => 'The patch is approved',
  };
}

function proposing({ revision }: SuggestionDetail) {
  return {
    path: 'patch',
    revision,
    label: 'Open the pull request again',
    question: 'The forge did not take the pull request. It is asked again.',
    asksReason: false,
    destructive: false,
    done: () => 'The pull request is asked for',
  };
}

function reverting({ revision, url, branches }: PatchRun) {
  const gone = url ? 'its pull request is closed and its branches are' : 'its branches are';
  return {
    path: 'patch/revert',
    revision,
    label: 'Revert the patch',
    question: branches
      ? `The patch is taken back: ${gone} taken away. One that is merged is taken back by merging its revert branch.`
      : 'The patch is tried no further. Nothing is in your repository yet.',
    asksReason: true,
    destructive: true,
    done: () => 'The patch is reverted',
  };
}

/** Whether the forge did not take the latest try. */
function unproposed({ history }: SuggestionDetail): boolean {
  const told = history.filter(({ action }) => ['patch_unproposed', 'patch_again', 'patch'].includes(action));
  return told.at(-1)?.action === 'patch_unproposed';
}
