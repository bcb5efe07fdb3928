import type { TimeRange } from '@grafana/data';
import { useEffect, useState } from 'react';
import type { Api } from '../../api/api';
import type { AnnotationQuery } from '../model/dashboard';

/** A moment marked on every graph. */
export interface Mark {
  time: number;
  title: string;
  text: string;
  color: string;
}

/** The marks of a dashboard; when they cannot be read the graphs stay as they are. */
export function useMarks(
  api: Api,
  queries: AnnotationQuery[],
  range: TimeRange,
  turn: number,
  replace: (text: string, scoped: undefined, format: string) => string,
): Mark[] {
  const [marks, setMarks] = useState<Mark[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    const span = { from: range.from.valueOf(), to: range.to.valueOf() };
    const asked = queries.filter(({ enable, builtIn }) => enable !== false && !builtIn);
    const read = asked.map(async ({ target, iconColor }) => {
      const service = replace(target?.service ?? '', undefined, 'pipe').replace(/^\.\*$/, '');
      const found = await api.post<Mark[]>('/api/annotations', { range: span, service }, controller.signal);
      return found.map((mark) => ({ ...mark, color: iconColor ?? 'rgba(0, 211, 255, 1)' }));
    });
    Promise.all(read).then(
      (found) => !controller.signal.aborted && setMarks(found.flat()),
      () => undefined,
    );
    return () => controller.abort();
    // The range moves with each turn.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, queries, turn, replace]);
  return marks;
}
