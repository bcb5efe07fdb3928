import type { Health } from '../api/types';

/** A backend whose Prometheus is away and which was given no model. */
export const HEALTH: Health = {
  ok: false,
  version: '0.1.0',
  refused: {},
  dependencies: {
    database: { configured: true, ok: true, detail: 'sqlite' },
    prometheus: { configured: true, ok: false, detail: 'cannot be reached' },
    model: { configured: false, ok: false, detail: 'not configured' },
  },
};
