import { expect, it } from 'vitest';
import { MOVES, obstacle } from './moves';
import { mayChange } from './roles';

it.each([
  ['open', ['apply', 'dismiss']],
  ['applied', ['rollback']],
  ['kept', ['rollback']],
  ['stuck', ['rollback']],
  ['rolled_back', []],
  ['dismissed', []],
  ['expired', []],
  ['a status that is not known yet', []],
])('lets a suggestion that is %s only do %j', (status, moves) => {
  const possible = MOVES.map(({ move }) => move).filter((move) => obstacle(move, { status }) === undefined);

  expect(possible.sort()).toEqual(moves);
});

it('says why a move is not possible', () => {
  expect(obstacle('apply', { status: 'rolled_back' })).toBe('It is rolled back, no longer open.');
  expect(obstacle('rollback', { status: 'open' })).toBe('Nothing of it is applied.');
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
