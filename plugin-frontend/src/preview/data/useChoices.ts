import { useEffect, useMemo, useState } from 'react';
import { type Api, messageOf } from '../../api/api';
import { named } from '../../datasource/interpolate';
import { variableOf } from '../../datasource/types';
import type { Variable } from '../model/dashboard';
import { ALL, type Choice, interpolate } from '../model/interpolate';
import { chosen } from '../model/location';

export interface Choices {
  choices: Record<string, Choice>;
  error?: string;
}

/**
 * Options of each variable from the backend, and what is chosen of them in the address or by default.
 *
 * A variable that depends on another one is asked for anew when that one is chosen otherwise.
 */
export function useChoices(api: Api, variables: Variable[], params: URLSearchParams, turn: number): Choices {
  const [options, setOptions] = useState<Record<string, string[]>>({});
  const [error, setError] = useState<string>();
  const choices = useMemo(
    () => Object.fromEntries(variables.map((variable) => [variable.name, choiceOf(variable, options, params)])),
    [variables, options, params],
  );
  const paths = JSON.stringify(pathsOf(variables, choices));
  const again = variables.some(({ refresh }) => refresh === 2) ? turn : 0;
  useEffect(() => {
    let current = true;
    read(api, JSON.parse(paths) as Paths).then(
      (found) => {
        if (current) {
          setOptions((old) => (JSON.stringify(old) === JSON.stringify(found) ? old : found));
          setError(undefined);
        }
      },
      (failure: unknown) => current && setError(messageOf(failure)),
    );
    return () => {
      current = false;
    };
  }, [api, paths, again]);
  return { choices, error };
}

type Paths = Record<string, string>;

/** Where the options of each variable are, the services that are chosen filled in. */
function pathsOf(variables: Variable[], choices: Record<string, Choice>): Paths {
  const scope = { variables: choices, from: '', to: '' };
  const asked = variables.filter(({ type }) => type === 'query');
  return Object.fromEntries(
    asked.map((variable) => {
      const { query, service } = variableOf(variable.query ?? '');
      const of = named(interpolate(service, scope, {}, 'pipe'));
      const path = `/api/variables/${encodeURIComponent(query)}`;
      return [variable.name, of ? `${path}?${new URLSearchParams({ service: of })}` : path];
    }),
  );
}

async function read(api: Api, paths: Paths): Promise<Record<string, string[]>> {
  const found = Object.entries(paths).map(async ([name, path]) => {
    const options = await api.get<Array<{ value: string }>>(path);
    return [name, options.map(({ value }) => value)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

function choiceOf(variable: Variable, loaded: Record<string, string[]>, params: URLSearchParams): Choice {
  const options =
    loaded[variable.name] ?? (variable.options ?? []).map(({ value }) => value).filter((one) => one !== ALL);
  const preset = [variable.current?.value ?? []].flat();
  const fallback = variable.includeAll ? [ALL] : options.slice(0, 1);
  const selected = chosen(params, variable.name) ?? (preset.length > 0 ? preset : fallback);
  return { selected, options, allValue: variable.allValue ?? undefined };
}
