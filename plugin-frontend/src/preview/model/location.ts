import { decoded } from '../../pages/routes';

/** What the hash of the address says. */
export type Route =
  | { page: 'home' }
  | { page: 'dashboard'; uid: string; params: URLSearchParams }
  | { page: 'suggestion'; id: string }
  | { page: 'suggestions' };

export function parseHash(hash: string): Route {
  const [, path = '', query = ''] = /^#?([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const [, kind, name] = path.split('/');
  if (kind === 'd' && name) {
    return { page: 'dashboard', uid: decoded(name), params: new URLSearchParams(query) };
  }
  if (kind === 'suggestions') {
    return name ? { page: 'suggestion', id: decoded(name) } : { page: 'suggestions' };
  }
  return { page: 'home' };
}

export function dashboardHash(uid: string, params: URLSearchParams): string {
  const query = params.toString();
  return `#/d/${encodeURIComponent(uid)}${query ? `?${query}` : ''}`;
}

/** Chosen values of a variable in the address, if it names any. */
export function chosen(params: URLSearchParams, variable: string): string[] | undefined {
  const values = params.getAll(`var-${variable}`).filter(Boolean);
  return values.length > 0 ? values : undefined;
}
