import type { Health } from '../api/types';

/** A backend whose Prometheus is away, which was given no model, and which one service does not obey. */
export const HEALTH: Health = {
  ok: false,
  version: '0.1.0',
  refused: { billing: 'max_entries must be at least 1' },
  dependencies: {
    database: { configured: true, ok: true, detail: 'sqlite' },
    prometheus: { configured: true, ok: false, detail: 'cannot be reached' },
    model: { configured: false, ok: false, detail: 'optional: the rules word suggestions themselves' },
  },
};
