/** What a page keeps in its address, so that a reload or a link shows the same again. */
export interface Address {
  params: URLSearchParams;
  /** Puts these in place of what the address says of the same names; an empty list takes a name out. */
  set: (changes: Record<string, string[]>) => void;
}

export function changed(params: URLSearchParams, changes: Record<string, string[]>): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, values] of Object.entries(changes)) {
    next.delete(name);
    values.forEach((value) => next.append(name, value));
  }
  return next;
}
