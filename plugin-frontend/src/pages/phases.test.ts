import { expect, it } from 'vitest';
import { appliedSuggestion, suggestionWith } from '../testing/suggestion';
import { evidenceSpan, turnsOf } from './evidenceSpan';
import { isLive, stepsOf } from './phases';

it.each([
  ['planned', 'planned:now applying:ahead watching:ahead kept:ahead'],
  ['watching', 'planned:done applying:done watching:now kept:ahead'],
  ['kept', 'planned:done applying:done watching:done kept:done'],
  ['rolled_back', 'planned:done applying:done watching:done rolled_back:done'],
  ['stuck', 'planned:done applying:done watching:done stuck:done'],
])('tells the way of a change that is %s', (phase, told) => {
  expect(
    stepsOf({ phase })
      .map((step) => `${step.phase}:${step.state}`)
      .join(' '),
  ).toBe(told);
});

it('looks often while something may happen by itself', () => {
  expect(isLive(appliedSuggestion().rollout)).toBe(true);
  expect(isLive({ ...appliedSuggestion().rollout, phase: 'kept' } as never)).toBe(false);
  expect(isLive(null)).toBe(false);
});

const turn = (at: number, after: string) => ({ at, who: 'ada', via: '', action: 'x', before: '', after, why: '' });

it('shows the time from before a suggestion until after its last turn, but not the future', () => {
  const one = suggestionWith({ created_at: 10_000, history: [turn(11_000, 'applied'), turn(12_000, 'kept')] });

  expect(evidenceSpan(one, 99_000_000)).toEqual({ from: 8_200_000, to: 12_900_000 });
  expect(evidenceSpan(one, 12_100_000).to).toBe(12_100_000);
});

it('marks the turns of the change and nothing else', () => {
  const marks = turnsOf({ history: [turn(1, 'dismissed'), turn(2, 'applied'), turn(3, 'watching'), turn(4, 'kept')] });

  expect(marks.map(({ time }) => time)).toEqual([2000, 4000]);
  expect(new Set(marks.map(({ color }) => color)).size).toBe(2);
});
