import type { ErrorBody } from './types';

/** How pages reach the backend: through Grafana's proxy in the app, directly in the preview. Paths start with `/`. */
export interface Api {
  get<T>(path: string): Promise<T>;
  /** What is no JSON. */
  text(path: string): Promise<string>;
  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T>;
}

/** Calls back whenever the rollout of a suggestion has gone on, until the function that it gives is called. */
export type Watch = (id: string, onChange: () => void) => () => void;

/** The backend said no, or did not answer (status 0). The message is a sentence for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const NO_ANSWER = 'The backend does not answer: is it running?';

/** The error that an answer's status and body tell, whatever the body is. */
export function apiError(status: number, body: unknown): ApiError {
  if (isErrorBody(body)) {
    return new ApiError(status, body.error.code, body.error.message);
  }
  return new ApiError(status, 'unknown', status === 0 ? NO_ANSWER : `The backend answered ${status}.`);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isErrorBody(body: unknown): body is ErrorBody {
  const error = (body as ErrorBody | null | undefined)?.error;
  return typeof error === 'object' && error !== null && typeof error.message === 'string';
}
