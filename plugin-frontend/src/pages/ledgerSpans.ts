export const SPANS = [
  { value: '1d', label: 'Last day' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: '90d', label: 'Last 90 days' },
  { value: '365d', label: 'Last year' },
];
export const USUAL = '30d';

const DAY_MS = 86_400_000;

/** What of the books is asked for, as it stands in the address. */
export interface Part {
  span: string;
  service: string;
}

export function partOf(params: URLSearchParams): Part {
  const span = params.get('span') ?? USUAL;
  return { span: SPANS.some(({ value }) => value === span) ? span : USUAL, service: params.get('service') ?? '' };
}

/** The query of the ledger's routes for that part, with its beginning in epoch milliseconds. */
export function queryOf({ span, service }: Part, now: number): string {
  const from = String(now - Number.parseInt(span, 10) * DAY_MS);
  return new URLSearchParams(service ? { from, service } : { from }).toString();
}
