import { isLiveChannelMessageEvent, LiveChannelScope } from '@grafana/data';
import { type BackendSrvRequest, getBackendSrv, getGrafanaLiveSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { APP_ID, RESOURCES_PATH } from '../ids';
import { type Api, ApiError, apiError, type Watch } from './api';

/** The API as the app reaches it: through Grafana, which adds who asks. */
export const grafanaApi: Api = {
  get: (path) => send({ method: 'GET', url: RESOURCES_PATH + path }),
  text: (path) => send({ method: 'GET', url: RESOURCES_PATH + path, responseType: 'text' }),
  post: (path, data, signal) => send({ method: 'POST', url: RESOURCES_PATH + path, data, abortSignal: signal }),
};

/** The progress of a rollout by Grafana Live. Where that is switched off or cut, nothing comes: pages ask by themselves. */
export const watchRollout: Watch = (id, onChange) => {
  // Grafana before 12.4 reads `namespace`, and takes an address without it for none, in silence.
  const address = { scope: LiveChannelScope.Plugin, stream: APP_ID, namespace: APP_ID, path: `rollout/${id}` };
  const channel = getGrafanaLiveSrv()
    .getStream(address)
    .subscribe({ next: (event) => isLiveChannelMessageEvent(event) && onChange(), error: () => undefined });
  return () => channel.unsubscribe();
};

async function send<T>(request: BackendSrvRequest): Promise<T> {
  try {
    const response = await lastValueFrom(getBackendSrv().fetch<T>({ ...request, showErrorAlert: false }));
    return response.data;
  } catch (error) {
    const failed = error as { status?: number; data?: unknown };
    throw ownError(failed.status, failed.data) ?? apiError(failed.status ?? 0, failed.data);
  }
}

/** What Grafana itself says when it does not reach its plugin: another shape than the backend's. */
function ownError(status: number | undefined, body: unknown): ApiError | undefined {
  const said = (body as { message?: unknown } | null | undefined)?.message;
  return status !== undefined && typeof said === 'string'
    ? new ApiError(status, 'grafana', `Grafana answered ${status}: ${said}`)
    : undefined;
}
