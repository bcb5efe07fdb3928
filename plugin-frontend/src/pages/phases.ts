import type { SuggestionDetail } from '../api/types';

type Rollout = SuggestionDetail['rollout'];

const COURSE = ['planned', 'applying', 'watching'];
const ENDS = ['kept', 'rolled_back', 'stuck'];

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
  const course = [...COURSE, end];
  const at = course.indexOf(phase);
  return course.map((one, index) => ({
    phase: one,
    state: index < at || (index === at && one === end) ? 'done' : index === at ? 'now' : 'ahead',
  }));
}
