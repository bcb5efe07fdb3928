import { type BackendSrv, setBackendSrv } from '@grafana/runtime';
import { of, throwError } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { previewApi } from '../preview/api';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { ApiError, apiError, messageOf } from './api';
import { grafanaApi } from './grafana';

const CONFLICT = refusal(409, 'conflict', 'suggestion s-1 is kept at revision 9');

/** What a promise is rejected with. */
const failure = async (promise: Promise<unknown>) => promise.then(Promise.reject, (error: unknown) => error);

function grafanaAnswers(answer: ReturnType<BackendSrv['fetch']>) {
  const fetch = vi.fn(() => answer);
  setBackendSrv({ fetch } as unknown as BackendSrv);
  return fetch;
}

it("tells an error by the backend's own sentence and code", () => {
  const error = apiError(409, CONFLICT.body);

  expect(error).toMatchObject({ status: 409, code: 'conflict', message: 'suggestion s-1 is kept at revision 9' });
});

it.each([undefined, null, 'gateway', { error: 'text' }, { error: { code: 'x' } }])(
  'tells the status when the body is %j, which is none of ours',
  (body) => {
    expect(apiError(502, body).message).toBe('The backend answered 502.');
  },
);

it('takes the message of whatever was thrown', () => {
  expect(messageOf(new Error('why'))).toBe('why');
  expect(messageOf('why')).toBe('why');
});

it('reaches the backend in the app through the resources of the plugin, without an alert of its own', async () => {
  const fetch = grafanaAnswers(of({ data: { id: 's-1' } }) as ReturnType<BackendSrv['fetch']>);

  expect(await grafanaApi.post('/suggestions/s-1/apply', { revision: 3 })).toEqual({ id: 's-1' });
  expect(fetch).toHaveBeenCalledWith(
    expect.objectContaining({
      method: 'POST',
      url: '/api/plugins/airuntime-intelligence-app/resources/suggestions/s-1/apply',
      data: { revision: 3 },
      showErrorAlert: false,
    }),
  );
});

it("passes the backend's sentence on through Grafana", async () => {
  grafanaAnswers(throwError(() => ({ status: 409, data: CONFLICT.body })));

  expect(await failure(grafanaApi.get('/suggestions/s-1'))).toEqual(
    new ApiError(409, 'conflict', 'suggestion s-1 is kept at revision 9'),
  );
});

it('names Grafana when it is Grafana that fails', async () => {
  grafanaAnswers(throwError(() => ({ status: 503, data: { message: 'Plugin unavailable' } })));

  expect(messageOf(await failure(grafanaApi.get('/suggestions')))).toBe('Grafana answered 503: Plugin unavailable');
});

it('says that nothing answers when Grafana itself does not', async () => {
  grafanaAnswers(throwError(() => new TypeError('failed to fetch')));

  expect(messageOf(await failure(grafanaApi.get('/suggestions')))).toContain('does not answer');
});

it("sends the token of its page with each call of the preview, and takes the backend's sentence", async () => {
  document.head.innerHTML = '<meta name="airuntime-preview-token" content="t0ken">';
  const backend = new FakeBackend().on('POST /suggestions/s-1/apply', () => CONFLICT);
  vi.stubGlobal('fetch', backend.fetch);

  const error = await failure(previewApi.post('/suggestions/s-1/apply', { revision: 3 }));
  document.head.innerHTML = '';

  expect(messageOf(error)).toBe('suggestion s-1 is kept at revision 9');
  expect(backend.asked[0]?.headers.get('X-Airuntime-Preview')).toBe('t0ken');
  expect(backend.asked[0]?.headers.get('Content-Type')).toBe('application/json');
});

it('lets a call that was given up be told from one that nobody answered', async () => {
  const controller = new AbortController();
  vi.stubGlobal('fetch', () => {
    controller.abort();
    return Promise.reject(controller.signal.reason);
  });

  expect(await failure(previewApi.post('/api/query', {}, controller.signal))).not.toBeInstanceOf(ApiError);
});
