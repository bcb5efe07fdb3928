/** The suggestion that a path of the app names, if it names one. */
export function suggestionIn(path: string): string | undefined {
  const found = /\/suggestions\/([^/?#]+)/.exec(path)?.[1];
  return found === undefined ? undefined : decodeURIComponent(found);
}
