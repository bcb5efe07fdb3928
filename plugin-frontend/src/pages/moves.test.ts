import { expect, it } from 'vitest';
import { codeSuggestion, QUEUE, suggestionWith } from '../testing/suggestion';
import { doneOf, movesOf, obstacle } from './moves';
import { mayChange } from './roles';

const queue = null;

it.each([
  ['open', ['apply', 'dismiss']],
  ['queued', ['approve', 'cancel']],
  ['applied', ['rollback']],
  ['kept', ['rollback']],
  ['stuck', ['rollback']],
  ['rolled_back', []],
  ['dismissed', []],
  ['expired', []],
  ['a status that is not known yet', []],
])('lets a suggestion that is %s only do %j', (status, moves) => {
  const one = suggestionWith({ status, queue: QUEUE });
  const possible = movesOf(one).map(({ move }) => move);

  expect(possible.filter((move) => obstacle(move, one) === undefined).sort()).toEqual(moves);
});

it('offers nothing to apply where only the code is to be changed', () => {
  expect(movesOf(codeSuggestion()).map(({ move }) => move)).toEqual(['dismiss']);
});

it('says why a move is not possible', () => {
  expect(obstacle('apply', { status: 'rolled_back', queue })).toBe('It is rolled back, no longer open.');
  expect(obstacle('dismiss', { status: 'queued', queue: QUEUE })).toBe('It is queued, no longer open.');
  expect(obstacle('rollback', { status: 'open', queue })).toBe('Nothing of it is applied.');
  expect(obstacle('cancel', { status: 'kept', queue })).toBe('It is kept, not queued.');
});

it('asks for no approval of a change that waits for another one', () => {
  expect(obstacle('approve', { status: 'queued', queue: { ...QUEUE, waits_for: 'way' } })).toBe(
    'It does not wait for an approval.',
  );
});

it('does not call applied what only waits', () => {
  const [apply] = movesOf({ status: 'open', queue });

  expect(apply && doneOf(apply, { status: 'queued', queue: QUEUE })).toBe('Queued');
  expect(apply && doneOf(apply, { status: 'applied', queue })).toBe('Applied');
});

it.each([
  [{ orgRole: 'Admin' }, true],
  [{ orgRole: 'Editor' }, true],
  [{ orgRole: 'Viewer' }, false],
  [{ orgRole: '' }, false],
  [{}, false],
  [{ orgRole: 'Viewer', isGrafanaAdmin: true }, true],
])('of %j says whether they may change something: %s', (user, may) => {
  expect(mayChange(user) === undefined).toBe(may);
});
