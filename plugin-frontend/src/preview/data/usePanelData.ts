import { type DataFrame, transformDataFrame } from '@grafana/data';
import { useEffect, useMemo, useRef, useState } from 'react';
import { firstValueFrom } from 'rxjs';
import { type Api, messageOf } from '../../api/api';
import { answerOf, type QueryRequest, type QueryResponse, requestOf } from '../../datasource/request';
import type { Panel } from '../model/dashboard';
import { useBoard } from './context';

export interface PanelData {
  loading: boolean;
  frames?: DataFrame[];
  error?: string;
}

/** Asks for a panel's data when it appears, when its question changes and at each refresh; keeps the old until then. */
export function usePanelData(panel: Panel, width: number): PanelData {
  const { api, range, replace, scope, turn } = useBoard();
  const [state, setState] = useState<PanelData>({ loading: true });
  const pending = useRef<{ key: string; controller: AbortController }>(undefined);
  const columns = Math.round(width / 100) * 100;
  const request = useMemo(
    () => requestOf(panel, millis(range), columns, (text, format) => replace(text, {}, format)),
    [panel, range, columns, replace],
  );
  // "now" moves, and choices may change that this panel does not ask about: neither makes it another question.
  const key = JSON.stringify([request?.queries, scope.from, scope.to, columns]);
  useEffect(() => {
    if (!request) {
      setState({ loading: false, frames: [] });
      return;
    }
    // A slow backend is not asked the same again while it still works on it.
    if (pending.current?.key === key) {
      return;
    }
    pending.current?.controller.abort();
    const mine = { key, controller: new AbortController() };
    pending.current = mine;
    setState((old) => ({ ...old, loading: true }));
    const settle = (next: Partial<PanelData>) => {
      if (pending.current === mine) {
        pending.current = undefined;
        setState((old) => ({ frames: old.frames, ...next, loading: false }));
      }
    };
    ask(api, panel, request, mine.controller.signal).then(settle, (error: unknown) =>
      settle({ error: messageOf(error), frames: undefined }),
    );
    // The range moves with each turn.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, panel, key, turn]);
  useEffect(
    () => () => {
      pending.current?.controller.abort();
      pending.current = undefined;
    },
    [],
  );
  return state;
}

async function ask(api: Api, panel: Panel, request: QueryRequest, signal: AbortSignal) {
  const response = await api.post<QueryResponse>('/api/query', request, signal);
  const { frames, error } = answerOf(request, response);
  const transformations = (panel.transformations ?? []).filter(({ disabled }) => !disabled);
  return { frames: await firstValueFrom(transformDataFrame(transformations, frames)), error };
}

function millis(range: { from: { valueOf(): number }; to: { valueOf(): number } }) {
  return { from: range.from.valueOf(), to: range.to.valueOf() };
}
