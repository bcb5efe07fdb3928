import type { DataQuery, DataSourceJsonData } from '@grafana/data';
import type { QueryType } from '../ids';

/** One question to the data source; which fields count depends on `type`. */
export interface RuntimeQuery extends DataQuery {
  type: QueryType;
  /** PromQL of a `promql` query. */
  expr?: string;
  /** Name of a series, with `{{label}}`. */
  legend?: string;
  /** Only the value at the end of the range. */
  instant?: boolean;
  /** Names separated by `|`; empty = all. */
  service?: string;
  primitive?: string;
  model?: string;
  suggestion?: string;
}

export type RuntimeSettings = DataSourceJsonData;

export interface RuntimeSecrets {
  /** Shared with the backend, which refuses calls without it. */
  secret?: string;
}

/** What a dashboard variable lists: `services`, `primitives` or `models`, of these services. */
export type VariableQuery = string | { query?: string; service?: string };

export function variableOf(query: VariableQuery): { query: string; service: string } {
  const { query: name, service = '' } = typeof query === 'string' ? { query } : query;
  return { query: name || 'services', service };
}
