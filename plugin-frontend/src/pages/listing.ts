import type { SuggestionSummary } from '../api/types';

export const FILTERS = ['status', 'service', 'rule', 'risk'] as const;
export type Filter = (typeof FILTERS)[number];

export const SORTS = ['title', 'service', 'primitive', 'rule', 'risk', 'status', 'updated_at'] as const;
export type Sort = (typeof SORTS)[number];

/** What of the suggestions is shown, and in which order; it stands in the address. */
export interface Listing {
  search: string;
  chosen: Record<Filter, string[]>;
  sort: Sort;
  descending: boolean;
}

type Params = Record<string, string[]>;

const RISKS = ['low', 'medium', 'high'];
/** What waits for a person comes first, what is over comes last. */
const STATUSES = ['open', 'queued', 'applied', 'stuck', 'kept', 'rolled_back', 'dismissed', 'expired'];

export function listingOf(params: URLSearchParams): Listing {
  const sort = params.get('sort') ?? '';
  const column = sort.replace(/^-/, '');
  return {
    search: params.get('q') ?? '',
    chosen: Object.fromEntries(FILTERS.map((name) => [name, params.getAll(name)])) as Record<Filter, string[]>,
    sort: isSort(column) ? column : 'status',
    descending: sort.startsWith('-') && isSort(column),
  };
}

/** The parts of an address that say the same as the listing; what is usual is left out. */
export function paramsOf({ search, chosen, sort, descending }: Listing): Params {
  const usual = sort === 'status' && !descending;
  return { q: search ? [search] : [], ...chosen, sort: usual ? [] : [`${descending ? '-' : ''}${sort}`] };
}

/** The suggestions that the listing wants, in its order; equal ones are told newest first. */
export function listed(all: SuggestionSummary[], listing: Listing): SuggestionSummary[] {
  const turn = listing.descending ? -1 : 1;
  return all
    .filter((one) => wanted(one, listing))
    .sort((a, b) => turn * compare(keyOf(a, listing.sort), keyOf(b, listing.sort)) || b.updated_at - a.updated_at);
}

/** What there is to choose from, each with how many suggestions it would show. */
export function choicesOf(all: SuggestionSummary[], filter: Filter): Array<{ value: string; count: number }> {
  const counts = new Map<string, number>();
  all.forEach((one) => counts.set(one[filter], (counts.get(one[filter]) ?? 0) + 1));
  return [...counts]
    .sort(([a], [b]) => compare(placeOf(filter, a), placeOf(filter, b)))
    .map(([value, count]) => ({ value, count }));
}

function wanted(one: SuggestionSummary, { search, chosen }: Listing): boolean {
  const text = [one.title, one.service, one.primitive, one.rule, one.target].join(' ').toLowerCase();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = FILTERS.every((name) => chosen[name].length === 0 || chosen[name].includes(one[name]));
  return fits && words.every((word) => text.includes(word));
}

function keyOf(one: SuggestionSummary, sort: Sort): string | number {
  return sort === 'updated_at' ? one.updated_at : placeOf(sort, one[sort]);
}

/** Words that have an order of their own sort by it, with unknown ones behind; all others by the alphabet. */
function placeOf(name: string, value: string): string | number {
  const order = name === 'status' ? STATUSES : name === 'risk' ? RISKS : undefined;
  const at = order?.indexOf(value);
  return at === undefined ? value : at < 0 ? STATUSES.length : at;
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'string' && typeof b === 'string' ? a.localeCompare(b) : Number(a) - Number(b);
}

function isSort(text: string): text is Sort {
  return (SORTS as readonly string[]).includes(text);
}
