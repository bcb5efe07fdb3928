import { messageOf } from '../api/api';
import type { Health } from '../api/types';
import type { Connection, Tested } from '../config/connection';
import { previewApi } from './api';

/** The preview asks the backend itself, and has no settings to keep a secret in. */
export const throughPreview: Connection = {
  save: () => Promise.reject(new Error('The preview keeps no secret: that is done in Grafana, on this very page.')),
  test,
};

async function test(): Promise<Tested> {
  try {
    const health = await previewApi.get<Health>('/healthz');
    return { ok: health.ok, message: health.ok ? 'The backend answers.' : 'Something it needs is in trouble.', health };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}
