import { type Api, apiError } from '../api/api';

const HEADER = 'X-Airuntime-Preview';

function token(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="airuntime-preview-token"]')?.content ?? '';
}

/** The API as the preview reaches it: the same origin, with the token of this page. */
export const previewApi: Api = {
  get: (path) => send(path, { method: 'GET' }),
  post: (path, body, signal) => sendJson('POST', path, JSON.stringify(body), signal),
};

export function sendJson<T>(method: string, path: string, body: string | undefined, signal?: AbortSignal): Promise<T> {
  return send(path, { method, body, signal, headers: { 'Content-Type': 'application/json' } });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const headers = { ...init.headers, [HEADER]: token() };
  const response = await fetch(path, { ...init, headers, credentials: 'same-origin' }).catch((error: unknown) => {
    if (init.signal?.aborted) {
      throw error;
    }
    throw apiError(0, undefined);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    throw apiError(response.status, body);
  }
  return body as T;
}
