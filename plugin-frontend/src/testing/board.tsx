import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { previewApi } from '../preview/api';
import { type Board, BoardContext } from '../preview/data/context';
import { interpolate, type Scope } from '../preview/model/interpolate';
import { rangeOf } from '../preview/model/time';

/** Choices of variables, each with these as its options. */
export function scopeOf(chosen: Record<string, string[]>): Scope {
  const choices = Object.entries(chosen).map(([name, selected]) => [name, { selected, options: selected }]);
  return { variables: Object.fromEntries(choices), from: 'now-15m', to: 'now' };
}

function boardWith({ scope = scopeOf({}), ...part }: Partial<Board>): Board {
  return {
    api: previewApi,
    range: rangeOf('now-15m', 'now', 'utc'),
    timeZone: 'utc',
    scope,
    turn: 0,
    sharedCrosshair: false,
    marks: [],
    replace: (text, scoped, format) => interpolate(text, scope, scoped, format as string | undefined),
    setRange: () => undefined,
    act: () => undefined,
    ...part,
  };
}

/** Shows a part of a dashboard; `again` shows it with what has changed around it. */
export function renderOnBoard(children: ReactNode, part: Partial<Board> = {}) {
  const on = (board: Partial<Board>) => (
    <BoardContext.Provider value={boardWith(board)}>{children}</BoardContext.Provider>
  );
  const { rerender } = render(on(part));
  return { again: (change: Partial<Board>) => rerender(on({ ...part, ...change })) };
}
