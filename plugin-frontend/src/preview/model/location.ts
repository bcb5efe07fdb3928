import { decoded, type PageName, pageIn } from '../../pages/routes';

/** A page that the app has too. */
export interface PluginRoute {
  page: 'plugin';
  name: PageName;
  path: string;
  params: URLSearchParams;
}

/** What the hash of the address says. */
export type Route =
  { page: 'home' | 'configuration' } | { page: 'dashboard'; uid: string; params: URLSearchParams } | PluginRoute;

export function parseHash(hash: string): Route {
  const [, path = '', query = ''] = /^#?([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const [, kind, name] = path.split('/');
  if (kind === 'd' && name) {
    return { page: 'dashboard', uid: decoded(name), params: new URLSearchParams(query) };
  }
  if (kind === 'configuration') {
    return { page: 'configuration' };
  }
  const plugin = pageIn(path);
  return plugin ? { page: 'plugin', name: plugin, path, params: new URLSearchParams(query) } : { page: 'home' };
}

export function dashboardHash(uid: string, params: URLSearchParams): string {
  return hashOf(`/d/${encodeURIComponent(uid)}`, params);
}

export function hashOf(path: string, params: URLSearchParams): string {
  const query = params.toString();
  return `#${path}${query ? `?${query}` : ''}`;
}

/** Chosen values of a variable in the address, if it names any. */
export function chosen(params: URLSearchParams, variable: string): string[] | undefined {
  const values = params.getAll(`var-${variable}`).filter(Boolean);
  return values.length > 0 ? values : undefined;
}
