import { expect, it } from 'vitest';
import { appliedSuggestion, suggestionWith } from '../testing/suggestion';
import { evidenceSpan, turnsOf } from './evidenceSpan';
import { isLive, patchSteps, stepsOf } from './phases';

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

const told = (steps: ReturnType<typeof stepsOf>) => steps.map(({ phase, state }) => `${phase}:${state}`).join(' ');
const move = (action: string, before: string) => ({ ...turn(1, ''), action, before });

it('tells the way of a patch while it goes, and to its good end', () => {
  expect(told(patchSteps({ phase: 'checking' }, []))).toBe(
    'planned:done preparing:done checking:now benching:ahead branched:ahead proposed:ahead watching:ahead kept:ahead',
  );
  expect(patchSteps({ phase: 'kept' }, []).every(({ state }) => state === 'done')).toBe(true);
});

it('tells of a patch that needed an approval that it waited, also later on', () => {
  const approved = [move('patch', ''), move('patch_approve', 'waiting'), move('patch_begin', 'planned')];

  expect(patchSteps({ phase: 'waiting' }, [])[0]).toEqual({ phase: 'waiting', state: 'now' });
  expect(told(patchSteps({ phase: 'preparing' }, approved))).toContain('waiting:done planned:done preparing:now');
});

it('tells of a patch that ended early just what it went through, and nothing of the try before', () => {
  const before = [move('patch', ''), move('patch_begin', 'planned'), move('patch_fail', 'preparing')];
  const history = [...before, move('patch', ''), move('patch_begin', 'planned'), move('apply', 'open')];
  history.push(move('patch_prepared', 'preparing'), move('patch_refuse', 'checking'));

  expect(told(patchSteps({ phase: 'refused' }, history))).toBe(
    'planned:done preparing:done checking:done refused:done',
  );
});
