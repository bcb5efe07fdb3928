/** What the HTTP API answers. */
export type SuggestionStatus = 'open' | 'applied' | 'kept' | 'rolled_back' | 'dismissed' | 'expired' | 'stuck';

export interface SuggestionSummary {
  id: string;
  revision: number;
  status: string;
  service: string;
  primitive: string;
  kind: string;
  rule: string;
  title: string;
  tunable: string;
  unit: string;
  from_value: number;
  to_value: number;
  risk: string;
  created_at: number;
  updated_at: number;
}

export interface Signal {
  measure: string;
  unit: string;
  state: 'measured' | 'no_data' | 'nan' | 'inf';
  value: number | null;
  n: number;
  query: string;
}

export interface SourceLines {
  file: string;
  line: number;
  end_line: number;
  text: string;
  source: string;
}

export interface Doc {
  source: string;
  id: string;
  version: string;
  title: string;
  text: string;
  url: string;
}

export interface Expected {
  measure: string;
  unit: string;
  direction: 'lower' | 'higher';
  now: number;
  low: number;
  high: number;
}

export interface Effect {
  measure: string;
  unit: string;
  before: number;
  after: number;
  effect: number;
  low: number;
  high: number;
  n_before: number;
  n_after: number;
}

export interface Verdict {
  outcome: 'confirmed' | 'refuted' | 'inconclusive' | 'error';
  reason: string;
  goal: Effect | null;
  effects: Effect[];
  queries: string[];
}

export interface Interval {
  low: number;
  mid: number;
  high: number;
}

export interface Saving {
  usd_per_hour: Interval | null;
  seconds_per_hour: Interval | null;
  errors_per_hour: Interval | null;
  total_usd: number;
  since: number;
  prices: string;
}

export interface HistoryEntry {
  at: number;
  who: string;
  via: string;
  action: string;
  before: string;
  after: string;
  why: string;
}

export interface Rollout {
  id: string;
  phase: string;
  since: number;
  why: string;
  change: { tunable: string; before: number; after: number; asked_by: string };
}

export interface SuggestionDetail extends SuggestionSummary {
  claim: string;
  minimum: number;
  maximum: number;
  diff: string;
  expected: Expected;
  guardrails: Array<{ measure: string; max_increase: number }>;
  evidence: { signals: Signal[]; code: SourceLines[]; docs: Doc[] };
  finding: { id: string; name: string; score: number; confidence: number; summary: string };
  rollout: Rollout | null;
  verdict: Verdict | null;
  saving: Saving | null;
  history: HistoryEntry[];
}

export interface SuggestionList {
  suggestions: SuggestionSummary[];
}

/** The one shape of every error. */
export interface ErrorBody {
  error: { code: string; message: string };
}
