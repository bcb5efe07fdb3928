import type { Ledger } from '../api/types';

const NONE = { usd: null, seconds: null, errors: null };
const USD = { low: 10, mid: 12.5, high: 15 };

/** Books with one kept change whose time and errors were not measured. */
export const LEDGER: Ledger = {
  start: 1_700_000_000,
  end: 1_700_086_400,
  currency: 'USD',
  saved: { ...NONE, usd: USD },
  model_usd: 0.5,
  holdout_usd: 0.25,
  own_usd: 0.75,
  net_usd: { low: 9.25, mid: 11.75, high: 14.25 },
  roi: 15.7,
  priced_ratio: 0.98,
  prices: ['list prices of 2026-11-01'],
  booked_until: { support: 1_700_086_400 },
  changes: [
    {
      rollout: 'r-1',
      suggestion: 's-1',
      service: 'support',
      primitive: 'answers',
      kind: 'cache',
      tunable: 'answers.ttl_seconds',
      before: 2,
      after: 60,
      phase: 'kept',
      began: 1_700_000_100,
      kept: 1_700_000_900,
      ended: null,
      basis: 'measured',
      ageing_since: null,
      behind: '',
      saved: { ...NONE, usd: USD },
      claimed: { ...NONE, usd: USD },
      holdout_usd: 0.25,
      net_usd: { low: 9.75, mid: 12.25, high: 14.75 },
      roi: 49,
      bill_usd: 40,
      without_usd: { low: 50, mid: 52.5, high: 55 },
      calls: 1000,
      control_calls: 50,
      priced_ratio: 0.98,
      windows: 3,
      corrections: 0,
    },
  ],
};
