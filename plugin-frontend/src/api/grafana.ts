import { type BackendSrvRequest, getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { RESOURCES_PATH } from '../ids';
import { type Api, apiError } from './api';

/** The API as the app reaches it: through Grafana, which adds who asks. */
export const grafanaApi: Api = {
  get: (path) => send({ method: 'GET', url: RESOURCES_PATH + path }),
  post: (path, data, signal) => send({ method: 'POST', url: RESOURCES_PATH + path, data, abortSignal: signal }),
};

async function send<T>(request: BackendSrvRequest): Promise<T> {
  try {
    const response = await lastValueFrom(getBackendSrv().fetch<T>({ ...request, showErrorAlert: false }));
    return response.data;
  } catch (error) {
    const failed = error as { status?: number; data?: unknown };
    throw apiError(failed.status ?? 0, failed.data);
  }
}
