import { FieldType, type TimeRange } from '@grafana/data';
import { useEffect, useState } from 'react';
import { type Api, messageOf } from '../../api/api';
import { answerOf, type QueryResponse, requestOf } from '../../datasource/request';
import type { Mark } from '../../graph/MarksPlugin';
import type { AnnotationQuery } from '../model/dashboard';
import type { Board } from './context';

const COLOR = 'rgba(0, 211, 255, 1)';
const MOST = 1000;

export interface Marks {
  marks: Mark[];
  error?: string;
}

/** The marks of a dashboard, asked for as Grafana asks for annotations; the last ones stay until there are new ones. */
export function useMarks(
  api: Api,
  queries: AnnotationQuery[],
  range: TimeRange,
  turn: number,
  replace: Board['replace'],
): Marks {
  const [found, setFound] = useState<Marks>({ marks: [] });
  useEffect(() => {
    const controller = new AbortController();
    const asked = queries.filter(({ enable, builtIn }) => enable !== false && !builtIn);
    const read = asked.map((query) => marksOf(api, query, range, replace, controller.signal));
    const settle = (next: (old: Marks) => Marks) => !controller.signal.aborted && setFound(next);
    Promise.all(read).then(
      (marks) => settle(() => ({ marks: marks.flat() })),
      (error: unknown) => settle(({ marks }) => ({ marks, error: messageOf(error) })),
    );
    return () => controller.abort();
    // The range moves with each turn.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, queries, turn, replace]);
  return found;
}

async function marksOf(
  api: Api,
  { target, iconColor }: AnnotationQuery,
  { from, to }: TimeRange,
  replace: Board['replace'],
  signal: AbortSignal,
): Promise<Mark[]> {
  const span = { from: from.valueOf(), to: to.valueOf() };
  const targets = target ? [target] : [];
  const request = requestOf({ targets }, span, MOST, (text, format) => replace(text, {}, format));
  if (!request) {
    return [];
  }
  const { frames, error } = answerOf(request, await api.post<QueryResponse>('/api/query', request, signal));
  if (error) {
    throw new Error(error);
  }
  const times = frames.flatMap(({ fields }) => fields.find(({ type }) => type === FieldType.time)?.values ?? []);
  return times.map((time: number) => ({ time, color: iconColor ?? COLOR }));
}
