import { type Api, apiError } from '../api/api';

const HEADER = 'X-Airuntime-Preview';

function token(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="airuntime-preview-token"]')?.content ?? '';
}

/** The API as the preview reaches it: the same origin, with the token of this page. */
export const previewApi: Api = {
  get: (path) => send(path, { method: 'GET' }),
  text: async (path) => (await answer(path, { method: 'GET' })).text(),
  post: (path, body, signal) => sendJson('POST', path, JSON.stringify(body), signal),
};

export function sendJson<T>(method: string, path: string, body: string | undefined, signal?: AbortSignal): Promise<T> {
  return send(path, { method, body, signal, headers: { 'Content-Type': 'application/json' } });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  return (await answer(path, init)).json() as Promise<T>;
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, [HEADER]: token() };
  const response = await fetch(path, { ...init, headers, credentials: 'same-origin' }).catch((error: unknown) => {
    if (init.signal?.aborted) {
      throw error;
    }
    throw apiError(0, undefined);
  });
  if (!response.ok) {
    throw apiError(response.status, await response.json().catch(() => undefined));
  }
  return response;
}
