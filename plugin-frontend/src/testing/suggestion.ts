import type { Doc, Look, PatchRun, Queue, Signal, SuggestionDetail } from '../api/types';

export const DOC: Doc = {
  source: 'context7',
  id: '/tkem/cachetools',
  version: '6.0',
  title: 'TTLCache',
  text: 'Items expire after ttl seconds.',
  url: 'https://cachetools.example/ttl',
};

export const SIGNAL: Signal = {
  measure: 'hit_rate',
  unit: '1',
  state: 'measured',
  value: 0.1,
  n: 1200,
  query: 'sum(rate(hits[5m]))',
};

const RULE: SuggestionDetail['rule_record'] = {
  id: 'cold_cache',
  kept: 2,
  missed: 0,
  short: 0,
  page: 'docs/rules/cold_cache.md',
  trust: 0.8,
  usual_error: null,
};

/** An open suggestion as the backend answers it, with what the test says in place of its own. */
export function suggestionWith(part: Partial<SuggestionDetail> = {}): SuggestionDetail {
  return {
    id: 's-1',
    revision: 3,
    status: 'open',
    queue: null,
    service: 'support',
    primitive: 'answers',
    kind: 'cache',
    rule: 'cache_ttl',
    title: 'Keep answers longer',
    tunable: 'answers.ttl_seconds',
    target: 'answers.ttl_seconds',
    unit: 's',
    from_value: 2,
    to_value: 60,
    risk: 'low',
    created_at: 1_700_000_000,
    updated_at: 1_700_000_060,
    claim: 'The hit rate rises, because the same questions come again within a minute.',
    minimum: 1,
    maximum: 3600,
    diff: '- answers.ttl_seconds = 2\n+ answers.ttl_seconds = 60',
    expected: { measure: 'hit_rate', unit: '1', direction: 'higher', now: 0.1, low: 0.4, high: 0.6 },
    guardrails: [{ measure: 'error_rate', max_increase: 0.05 }],
    evidence: {
      signals: [SIGNAL],
      code: [{ file: 'app.py', line: 41, end_line: 42, text: 'answers = Cache(\n    ttl=2)', source: 'app.py:41-42' }],
      docs: [DOC],
    },
    finding: {
      id: 'f-1',
      name: 'cache_ttl',
      score: 0.8,
      confidence: 0.95,
      summary: 'The cache forgets too soon.',
      causes: [],
      remedy: '',
    },
    rollout: null,
    verdict: null,
    saving: null,
    prediction: null,
    rank: 0.5,
    rule_record: RULE,
    wording: null,
    patch: null,
    history: [],
    ...part,
  };
}

/** A suggestion that only a patch of the code answers. */
export function codeSuggestion(part: Partial<SuggestionDetail> = {}): SuggestionDetail {
  const nothing = { tunable: null, from_value: null, to_value: null, minimum: null, maximum: null, unit: '', diff: '' };
  const patch = { author: 'rule serial_calls', text: DIFF, run: null };
  return suggestionWith({
    ...nothing,
    primitive: 'page',
    target: 'code of page',
    rule: 'serial_calls',
    patch,
    ...part,
  });
}

/** An apply of somebody else that waits for an approval. */
export const QUEUE: Queue = {
  at: 1_700_000_080,
  who: 'grace',
  via: 'grafana',
  waits_for: 'person',
  why: 'somebody else than grace must approve it (policy.second_person)',
  approved_by: [],
  place: 1,
};

export const DIFF = '--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-ttl = 2\n+ttl = 60';

/** A patch that was just asked for, with what the test says in place of its own. */
export function patchRunWith(part: Partial<PatchRun> = {}): PatchRun {
  return {
    id: 'p-1',
    phase: 'planned',
    revision: 1,
    since: 1_700_000_090,
    why: 'asked for',
    asked_by: 'ada',
    branches: null,
    ran: [],
    bench: null,
    proposing: false,
    url: '',
    merged_commit: '',
    verdict: null,
    ...part,
  };
}

/** One whose pull request is open. */
export const PROPOSED: PatchRun = patchRunWith({
  phase: 'proposed',
  revision: 6,
  why: 'pull request https://forge.example/shop/pull/7',
  branches: {
    base: 'aaaaaaaaaaaaaaaa',
    target: 'main',
    branch: 'airuntime/s-1',
    commit: 'bbbbbbbbbbbbbbbb',
    revert_branch: 'airuntime/revert-s-1',
    revert_commit: 'cccccccccccccccc',
  },
  ran: [
    { name: 'check', outcome: 'passed', seconds: 12.34, output: '41 passed' },
    { name: 'replay', outcome: 'same', seconds: 2, output: '' },
  ],
  bench: { outcome: 'confirmed', reason: 'better', before: 1.5, after: 1.2, low: -0.35, high: -0.25, runs: 8 },
  url: 'https://forge.example/shop/pull/7',
});

/** A look at a rollout whose new value takes a tenth of the calls. */
export const LOOK: Look = {
  at: 1_700_000_400,
  note: 'too few calls yet',
  control: { calls: 900, errors: 9, seconds: 180, cost_usd: 1.8 },
  candidate: { calls: 100, errors: 0, seconds: 5, cost_usd: 0 },
  verdict: null,
  replicas: { obeying: ['a', 'b'], lagging: ['c'], behind: [], gone: [], joined: [], restarted: [], outdated: [] },
};

/** The same, applied by someone. */
export function appliedSuggestion(part: Partial<SuggestionDetail> = {}): SuggestionDetail {
  const change = { tunable: 'answers.ttl_seconds', before: 2, after: 60, asked_by: 'ada' };
  return suggestionWith({
    status: 'applied',
    revision: 4,
    rollout: {
      id: 'r-1',
      phase: 'watching',
      since: 1_700_000_100,
      why: 'asked for',
      revision: 2,
      share: 0.1,
      held: null,
      scope: 'key',
      change,
      look: null,
    },
    ...part,
  });
}
