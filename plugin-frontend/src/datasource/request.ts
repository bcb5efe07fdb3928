import { type DataFrame, type DataFrameJSON, dataFrameFromJSON, rangeUtil } from '@grafana/data';
import { interpolateQuery, isAsked, type Replace } from './interpolate';
import type { RuntimeQuery } from './types';

export interface QueryRequest {
  queries: RuntimeQuery[];
  range: { from: number; to: number };
  intervalMs: number;
  maxDataPoints: number;
}

export type QueryResponse = { results: Record<string, { frames?: DataFrameJSON[]; error?: string }> };

/** The queries of a panel, or of anything that asks like one. */
export interface Asking {
  targets?: RuntimeQuery[];
  maxDataPoints?: number | null;
  interval?: string | null;
}

/** What a panel asks, all its targets at once; undefined when it asks nothing. */
export function requestOf(
  panel: Asking,
  range: { from: number; to: number },
  width: number,
  replace: Replace,
): QueryRequest | undefined {
  const queries = (panel.targets ?? []).filter(isAsked).map((query) => interpolateQuery(query, replace));
  const maxDataPoints = panel.maxDataPoints ?? Math.max(100, Math.round(width));
  const finest = panel.interval ? rangeUtil.intervalToMs(panel.interval.replace(/^>/, '')) : 1000;
  const rounded = rangeUtil.roundInterval((range.to - range.from) / maxDataPoints);
  return queries.length === 0 ? undefined : { queries, range, intervalMs: Math.max(finest, rounded), maxDataPoints };
}

/** The frames of all targets in their order, and what went wrong with any of them. */
export function answerOf(request: QueryRequest, response: QueryResponse): { frames: DataFrame[]; error?: string } {
  const results = request.queries.map(
    ({ refId }) => response.results[refId] ?? { error: `no answer to query ${refId}` },
  );
  const errors = results.flatMap(({ error }) => (error ? [error] : []));
  const frames = results.flatMap((result) => (result.frames ?? []).map((frame) => dataFrameFromJSON(frame)));
  return { frames, error: errors.length > 0 ? [...new Set(errors)].join('; ') : undefined };
}
