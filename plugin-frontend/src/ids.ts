/** Names that stay the same for every user; the contract of the Python side spells the same. */
export const APP_ID = 'airuntime-intelligence-app';
export const DATASOURCE_ID = 'airuntime-intelligence-datasource';
export const APP_PATH = `/a/${APP_ID}`;
export const RESOURCES_PATH = `/api/plugins/${APP_ID}/resources`;

export const QUERY_TYPES = [
  'promql',
  'primitives',
  'findings',
  'cost',
  'routing',
  'cache',
  'catalog',
  'forecast',
  'snippets',
  'evidence',
  'suggestions',
  'impact',
  'savings',
  'ledger',
  'earnings',
  'roi',
  'bill',
  'timeline',
] as const;
export type QueryType = (typeof QUERY_TYPES)[number] | 'annotations';
