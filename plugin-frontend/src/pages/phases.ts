import type { PatchRun, SuggestionDetail } from '../api/types';

type Rollout = SuggestionDetail['rollout'];
type History = SuggestionDetail['history'];

const COURSE = ['planned', 'applying', 'watching'];
const ENDS = ['kept', 'rolled_back', 'stuck'];
const PATCH_COURSE = ['planned', 'preparing', 'checking', 'benching', 'branched', 'proposed', 'watching', 'kept'];

export interface Step {
  phase: string;
  state: 'done' | 'now' | 'ahead';
}

/** Whether something may still happen by itself. */
export function isLive(rollout: Rollout): boolean {
  return rollout !== null && !ENDS.includes(rollout.phase);
}

/** The way of a change: what lies behind it, where it is, and what may still come. */
export function stepsOf({ phase }: { phase: string }): Step[] {
  const end = ENDS.includes(phase) ? phase : 'kept';
  return along([...COURSE, end], phase);
}

/** The way of a patch; of one that ended early, just what it went through. */
export function patchSteps({ phase }: Pick<PatchRun, 'phase'>, history: History): Step[] {
  const before = passed(history);
  const course = phase === 'waiting' || before[0] === 'waiting' ? ['waiting', ...PATCH_COURSE] : PATCH_COURSE;
  return along(course.includes(phase) ? course : [...before, phase], phase);
}

/** The phases that the latest patch has left, by the history. */
function passed(history: History): string[] {
  const asked = history.map(({ action }) => action).lastIndexOf('patch');
  const moves = history.slice(asked + 1).filter(({ action }) => action.startsWith('patch_'));
  return [...new Set(moves.map(({ before }) => before))];
}

function along(course: string[], phase: string): Step[] {
  const at = course.indexOf(phase);
  const last = course.length - 1;
  return course.map((one, index) => ({
    phase: one,
    state: index < at || (index === at && at === last) ? 'done' : index === at ? 'now' : 'ahead',
  }));
}
