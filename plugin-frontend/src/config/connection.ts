import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { messageOf } from '../api/api';
import type { Health } from '../api/types';
import { APP_ID } from '../ids';

/** What a test of the connection came to. */
export interface Tested {
  ok: boolean;
  message: string;
  health?: Health;
}

/** What of the app's settings Grafana keeps. */
export interface Settings {
  enabled: boolean;
  pinned: boolean;
  jsonData: object;
  /** Only when it is to be changed. */
  secureJsonData?: { secret: string };
}

/** What the page does outside of itself. */
export interface Connection {
  save: (settings: Settings) => Promise<void>;
  test: () => Promise<Tested>;
}

interface Answer {
  status?: string;
  message?: string;
  details?: unknown;
}

/** Asks Grafana to ask the backend, as it does by itself; a refusal and a failure are told, not thrown. */
async function testConnection(): Promise<Tested> {
  const url = `/api/plugins/${APP_ID}/health`;
  try {
    const { data } = await lastValueFrom(getBackendSrv().fetch<Answer>({ url, showErrorAlert: false }));
    return testedOf(data, 'The backend answers.');
  } catch (error) {
    // Grafana answers 503 with the same body when the backend is in trouble.
    const { data } = error as { data?: Answer };
    return { ...testedOf(data ?? {}, data ? 'Grafana does not reach the backend.' : messageOf(error)), ok: false };
  }
}

async function save(settings: Settings): Promise<void> {
  const url = `/api/plugins/${APP_ID}/settings`;
  await lastValueFrom(getBackendSrv().fetch({ url, method: 'POST', data: settings, showErrorAlert: false }));
}

/** By way of Grafana. */
export const throughGrafana: Connection = { save, test: testConnection };

function testedOf({ status, message, details }: Answer, otherwise: string): Tested {
  return { ok: status === 'OK', message: message || otherwise, health: isHealth(details) ? details : undefined };
}

function isHealth(details: unknown): details is Health {
  return typeof (details as Health | null | undefined)?.dependencies === 'object';
}
