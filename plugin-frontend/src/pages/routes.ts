/** What the address asks for. */
export type PageName = { name: 'suggestion'; id: string } | { name: 'suggestions' | 'ledger' | 'health' };

export const TITLES = { suggestion: 'Suggestion', suggestions: 'Suggestions', ledger: 'Ledger', health: 'Health' };

/** The page that a path names by its last parts; undefined when it names none. */
export function pageIn(path: string): PageName | undefined {
  const [, name, id] = /\/(suggestions|ledger|health)(?:\/([^/?#]+))?\/?(?:[?#].*)?$/.exec(path) ?? [];
  if (name === 'suggestions') {
    return id === undefined ? { name } : { name: 'suggestion', id: decoded(id) };
  }
  return (name === 'ledger' || name === 'health') && id === undefined ? { name } : undefined;
}

/** The path of a page below its base. */
export function pathOf(page: PageName): string {
  return page.name === 'suggestion' ? `/suggestions/${encodeURIComponent(page.id)}` : `/${page.name}`;
}

/** A part of an address in plain text; one that is encoded wrongly stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
