import type { Policy } from '../api/types';

const ANYTHING = ['*'];

/** What is in force without a policy file. */
export const NO_POLICY: Policy = {
  file: null,
  frozen: null,
  limits: {
    services: ANYTHING,
    rules: ANYTHING,
    freeze: [],
    changes_per_day: null,
    changes_today: 0,
    blast_radius_calls: null,
    blast_radius_spend: null,
    second_person_risks: [],
    second_person_services: ANYTHING,
  },
  autonomy: [],
};

const record = { kept: 2, short: 0, missed: 0, trust: 0.9, usual_error: 0.1 };

/** A policy that uses every key, on a weekend. */
export const POLICY: Policy = {
  file: '/etc/airuntime/policy.yaml',
  frozen: { name: 'weekend', why: 'nothing is changed on sat, sun (UTC): nobody is on call', until: 1_700_000_000 },
  limits: {
    services: ['shop', 'bakery-*'],
    rules: ANYTHING,
    freeze: ['weekend: nothing is changed on sat, sun (UTC): nobody is on call'],
    changes_per_day: 5,
    changes_today: 2,
    blast_radius_calls: 0.6,
    blast_radius_spend: 0.5,
    second_person_risks: ['medium', 'high'],
    second_person_services: ANYTHING,
  },
  autonomy: [
    {
      ...record,
      rule: 'cold_cache',
      asked: 'auto',
      level: 'apply-with-approval',
      why: 'auto is not earned yet: 2 of 5',
    },
    { ...record, rule: 'retry_storm', asked: 'suggest', level: 'suggest', why: 'as the policy says' },
  ],
};
