import type { ScopedVars, TimeRange } from '@grafana/data';
import { createContext, useContext } from 'react';
import type { Api } from '../../api/api';
import type { Mark } from '../../graph/MarksPlugin';
import type { Scope } from '../model/interpolate';
import type { Row } from '../model/urls';

export interface Action {
  title: string;
  type?: string;
  confirmation?: string;
  fetch?: { method?: string; url: string; body?: string };
}

/** What panels need of the dashboard around them. */
export interface Board {
  api: Api;
  range: TimeRange;
  timeZone: string;
  scope: Scope;
  /** Grows by one with each refresh. */
  turn: number;
  sharedCrosshair: boolean;
  marks: Mark[];
  replace: (text: string, scoped?: ScopedVars, format?: unknown) => string;
  setRange: (from: number, to: number) => void;
  act: (action: Action, row: Row) => void;
}

export const BoardContext = createContext<Board | undefined>(undefined);

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (!board) {
    throw new Error('a panel outside of a dashboard');
  }
  return board;
}
