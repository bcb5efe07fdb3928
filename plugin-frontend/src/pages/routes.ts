/** The suggestion that a path of the app names, if it names one. */
export function suggestionIn(path: string): string | undefined {
  const found = /\/suggestions\/([^/?#]+)/.exec(path)?.[1];
  return found === undefined ? undefined : decoded(found);
}

/** A part of an address in plain text; one that is encoded wrongly stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
