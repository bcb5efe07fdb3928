import { type DataContextScopedVar, escapeRegex, type ScopedVars } from '@grafana/data';

export const ALL = '$__all';

/** What a dashboard variable stands for now. */
export interface Choice {
  selected: string[];
  options: string[];
  allValue?: string;
}

export interface Scope {
  variables: Record<string, Choice>;
  /** The time range as it stands in the URL. */
  from: string;
  to: string;
  /** Only when the URL names one. */
  timeZone?: string;
}

const VARIABLE = /\$\{([\w.]+)(?::(\w+))?\}|\$(\w+)|\[\[(\w+)\]\]/g;

/** Fills in `$name`, `${name}`, `${name:format}`, `${__field.name}` and Grafana's URL macros; leaves unknown names alone. */
export function interpolate(text: string, scope: Scope, scoped: ScopedVars = {}, format = 'glob'): string {
  return text.replace(VARIABLE, (whole, braced?: string, own?: string, bare?: string, old?: string) => {
    const name = braced ?? bare ?? old ?? '';
    const choice = Object.hasOwn(scope.variables, name) ? scope.variables[name] : undefined;
    if (choice) {
      return formatChoice(name, choice, own ?? format);
    }
    return macro(name, scope) ?? fromScoped(name, scoped) ?? fromContext(name, scoped) ?? whole;
  });
}

export function isAll(choice: Choice): boolean {
  return choice.selected.includes(ALL);
}

function formatChoice(name: string, choice: Choice, format: string): string {
  if (format === 'queryparam') {
    return queryParams(name, choice);
  }
  if (isAll(choice)) {
    return format === 'text' ? 'All' : (choice.allValue ?? formatValues(choice.options, format));
  }
  return formatValues(choice.selected, format);
}

function formatValues(values: string[], format: string): string {
  const [only] = values;
  const single = values.length === 1 && only !== undefined;
  switch (format) {
    case 'regex': {
      const escaped = values.map(escapeRegex);
      return single ? escapeRegex(only) : `(${escaped.join('|')})`;
    }
    case 'pipe':
      return values.join('|');
    case 'csv':
    case 'raw':
      return values.join(',');
    case 'text':
      return values.join(' + ');
    case 'json':
      return JSON.stringify(single ? only : values);
    case 'percentencode':
      return encodeURIComponent(single ? only : `{${values.join(',')}}`);
    default:
      return single ? only : `{${values.join(',')}}`;
  }
}

function queryParams(name: string, choice: Choice): string {
  return choice.selected.map((value) => `var-${name}=${encodeURIComponent(value)}`).join('&');
}

function timeParams({ from, to, timeZone }: Scope): string {
  return new URLSearchParams({ from, to, ...(timeZone ? { timezone: timeZone } : {}) }).toString();
}

function macro(name: string, scope: Scope): string | undefined {
  switch (name) {
    case '__url_time_range':
      return timeParams(scope);
    case '__all_variables':
      return Object.entries(scope.variables)
        .map(([variable, choice]) => queryParams(variable, choice))
        .join('&');
    default:
      return undefined;
  }
}

function fromScoped(name: string, scoped: ScopedVars): string | undefined {
  const [head = '', ...rest] = name.split('.');
  let value: unknown = scoped[head]?.value;
  for (const key of rest) {
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/** What Grafana's own macros find in the data at hand: `__field.name`, `__field.labels.x`, `__data.fields.x` of the row. */
function fromContext(name: string, scoped: ScopedVars): string | undefined {
  const context = scoped.__dataContext?.value as DataContextScopedVar['value'] | undefined;
  const [head, kind, ...rest] = name.split('.');
  const key = rest.join('.');
  if (!context || !kind) {
    return undefined;
  }
  if (head === '__field') {
    return kind === 'labels' ? context.field.labels?.[key] : kind === 'name' ? context.field.name : undefined;
  }
  if (head !== '__data' || kind !== 'fields' || context.rowIndex === undefined) {
    return undefined;
  }
  const value: unknown = context.frame.fields.find((field) => field.name === key)?.values[context.rowIndex];
  return value === undefined || value === null ? undefined : String(value);
}
