import type { SuggestionDetail } from '../api/types';
import type { Mark } from '../graph/MarksPlugin';

const BEFORE_SECONDS = 1800;
const AFTER_SECONDS = 900;
const MARKED: Record<string, string> = {
  applied: '#8F3BB8',
  applying: '#8F3BB8',
  kept: '#37872D',
  rolled_back: '#FA6400',
  stuck: '#E02F44',
};

/** The span that shows what a suggestion was based on and what became of it, in milliseconds; it ends now at the latest. */
export function evidenceSpan(one: Pick<SuggestionDetail, 'created_at' | 'history'>, now: number) {
  const last = Math.max(one.created_at, ...one.history.map(({ at }) => at));
  return { from: (one.created_at - BEFORE_SECONDS) * 1000, to: Math.min((last + AFTER_SECONDS) * 1000, now) };
}

/** A mark for each turn that the change took. */
export function turnsOf({ history }: Pick<SuggestionDetail, 'history'>): Mark[] {
  return history.flatMap(({ at, after }) => {
    const color = MARKED[after];
    return color === undefined ? [] : [{ time: at * 1000, color }];
  });
}
