import type { RuntimeQuery } from './types';

export type Replace = (text: string, format: 'regex' | 'pipe') => string;

const ALL = new Set(['.*', '$__all']);

/** The query with its variables filled in; "All" becomes empty, which asks for everything. */
export function interpolateQuery<Q extends RuntimeQuery>(query: Q, replace: Replace): Q {
  const names = (text: string | undefined) => (text === undefined ? undefined : named(replace(text, 'pipe')));
  return withoutUndefined({
    ...query,
    expr: query.expr === undefined ? undefined : replace(query.expr, 'regex'),
    service: names(query.service),
    primitive: names(query.primitive),
    model: names(query.model),
    suggestion: names(query.suggestion),
  });
}

/** Whether there is something to ask. */
export function isAsked(query: RuntimeQuery): boolean {
  return !query.hide && (query.type !== 'promql' || Boolean(query.expr?.trim()));
}

/** Names joined by `|`; what stands for all of them becomes empty. */
export function named(text: string): string {
  return ALL.has(text) ? '' : text;
}

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
