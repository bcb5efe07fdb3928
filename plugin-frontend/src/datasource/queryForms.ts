import type { SelectableValue } from '@grafana/data';
import type { QueryType } from '../ids';
import type { RuntimeQuery } from './types';

export type NamesField = 'service' | 'primitive' | 'model' | 'suggestion';

/** What one type of query is for, and the names that it takes. */
interface Form {
  label: string;
  about: string;
  names: NamesField[];
}

const SUBJECT: NamesField[] = ['service', 'primitive'];

export const FORMS: Record<QueryType, Form> = {
  primitives: { label: 'Primitives', about: 'How each primitive performs over the time range', names: SUBJECT },
  findings: {
    label: 'Findings',
    about: 'What the latest analysis found, and what it looked for in vain',
    names: SUBJECT,
  },
  suggestions: {
    label: 'Suggestions',
    about: 'What to change, those first that promise most',
    names: [...SUBJECT, 'suggestion'],
  },
  snippets: {
    label: 'Snippets',
    about: 'Source lines and documentation behind suggestions',
    names: [...SUBJECT, 'suggestion'],
  },
  evidence: { label: 'Evidence', about: 'The measures behind one suggestion, as series', names: ['suggestion'] },
  impact: { label: 'Impact', about: 'Before and after of each judged change', names: SUBJECT },
  savings: { label: 'Savings', about: 'What each kept change saves', names: SUBJECT },
  ledger: { label: 'Ledger', about: 'What each change saved, as booked', names: SUBJECT },
  earnings: { label: 'Earnings', about: 'What was saved up to each moment, with its interval', names: SUBJECT },
  roi: { label: 'Return', about: 'What was saved for each USD that optimising cost', names: ['service'] },
  bill: { label: 'Bill without a change', about: 'The bill as it was, and without each change', names: SUBJECT },
  timeline: { label: 'Timeline', about: 'Phases of changes over time', names: SUBJECT },
  forecast: { label: 'Forecast', about: 'Where numbers are going, with their band', names: SUBJECT },
  cost: { label: 'Cost', about: 'What model calls cost', names: ['service', 'model'] },
  routing: { label: 'Routing', about: 'Decisions of routers and their reasons', names: SUBJECT },
  cache: { label: 'Cache', about: 'Hit rates and lifetimes of caches', names: SUBJECT },
  catalog: { label: 'Catalogue', about: 'Every primitive with all that is known of it', names: SUBJECT },
  annotations: {
    label: 'Changes',
    about: 'What was applied, kept and rolled back, as marks on the time axis',
    names: SUBJECT,
  },
  promql: { label: 'PromQL', about: "Prometheus' own series, through the backend", names: [] },
};

export const TYPES: Array<SelectableValue<QueryType>> = Object.entries(FORMS).map(([value, { label, about }]) => ({
  value: value as QueryType,
  label,
  description: about,
}));

const EXAMPLE = 'sum by (service, primitive) (rate(airuntime_executions_total[$__rate_interval]))';

/** The query turned into another type: names that both take stay, and there is something to ask at once. */
export function turnedInto(query: RuntimeQuery, type: QueryType): RuntimeQuery {
  const { expr, legend, instant, service, primitive, model, suggestion, ...rest } = query;
  if (type === 'promql') {
    return { ...rest, type, expr: expr ?? EXAMPLE, legend: legend ?? '{{service}}/{{primitive}}', instant };
  }
  const before = { service, primitive, model, suggestion };
  const kept = FORMS[type].names.map((name) => [name, before[name] ?? '']);
  return { ...rest, type, ...Object.fromEntries(kept) };
}

/** One line that tells what a query asks, for the history of Explore. */
export function told(query: RuntimeQuery): string {
  if (query.type === 'promql') {
    return query.expr ?? '';
  }
  const { label, names } = FORMS[query.type] ?? { label: query.type, names: [] };
  const chosen = names.flatMap((name) => (query[name] ? [`${name} ${query[name]}`] : []));
  return [label, chosen.join(', ') || 'of all'].join(': ');
}

/** Names joined by `|`, each of its own; variables stay whole. */
export function namesIn(text: string | undefined): string[] {
  return (text ?? '').split('|').filter(Boolean);
}
