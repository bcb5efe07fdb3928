import { APP_PATH, RESOURCES_PATH } from '../../ids';
import { webUrl } from '../../pages/format';
import { pageIn } from '../../pages/routes';

/** One row of a table by column name, as it came. */
export type Row = Record<string, unknown>;

const FIELD = /\$\{__data\.fields(?:\["([^"]+)"\]|\.([^}:]+))(?::\w+)?\}/g;

/** Puts a row's values into `${__data.fields.name}` and `${__data.fields["a name"]}`; a missing one becomes empty. */
export function fillRow(text: string, row: Row, encode: (value: string) => string = String): string {
  return text.replace(FIELD, (_whole, quoted?: string, plain?: string) => {
    const value = row[quoted ?? plain ?? ''];
    return value === null || value === undefined ? '' : encode(String(value));
  });
}

/** The same for a URL: a value may fill a part of it, but not change where it leads. */
export function fillUrl(template: string, row: Row): string {
  return template.startsWith('${') ? fillRow(template, row) : fillRow(template, row, encodeURIComponent);
}

export interface Target {
  href: string;
  external: boolean;
}

/** Where a link of a dashboard leads in the preview; undefined when it leads nowhere here. */
export function linkTarget(url: string): Target | undefined {
  const dashboard = /^\/d\/([^/?#]+)[^?#]*(\?[^#]*)?/.exec(url);
  if (dashboard) {
    return { href: `#/d/${dashboard[1]}${dashboard[2] ?? ''}`, external: false };
  }
  const page = url.startsWith(`${APP_PATH}/`) ? url.slice(APP_PATH.length) : undefined;
  if (page !== undefined && pageIn(page)) {
    return { href: `#${page}`, external: false };
  }
  const web = webUrl(url);
  return web === undefined ? undefined : { href: web, external: true };
}

/** The backend's own path of an Action that would go through Grafana; undefined for any other address. */
export function actionPath(url: string): string | undefined {
  const path = url.startsWith(`${RESOURCES_PATH}/`) ? url.slice(RESOURCES_PATH.length) : undefined;
  return path === undefined || path.split(/[/?]/).includes('..') ? undefined : path;
}
