import { useEffect, useMemo, useState } from 'react';
import { type Api, messageOf } from '../../api/api';
import type { Variable } from '../model/dashboard';
import { ALL, type Choice } from '../model/interpolate';
import { chosen } from '../model/location';

export interface Choices {
  choices: Record<string, Choice>;
  error?: string;
}

/** Options of each variable from the backend, and what is chosen of them in the address or by default. */
export function useChoices(api: Api, variables: Variable[], params: URLSearchParams, turn: number): Choices {
  const [options, setOptions] = useState<Record<string, string[]>>({});
  const [error, setError] = useState<string>();
  useEffect(() => {
    let current = true;
    const asked = variables.filter(({ type }) => type === 'query');
    Promise.all(asked.map(async (variable) => [variable.name, await read(api, variable)] as const)).then(
      (found) => {
        if (current) {
          setOptions((old) =>
            JSON.stringify(old) === JSON.stringify(Object.fromEntries(found)) ? old : Object.fromEntries(found),
          );
          setError(undefined);
        }
      },
      (failure: unknown) => current && setError(messageOf(failure)),
    );
    return () => {
      current = false;
    };
  }, [api, variables, turn]);
  const choices = useMemo(
    () => Object.fromEntries(variables.map((variable) => [variable.name, choiceOf(variable, options, params)])),
    [variables, options, params],
  );
  return { choices, error };
}

async function read(api: Api, { query }: Variable): Promise<string[]> {
  const name = (typeof query === 'string' ? query : query?.query) ?? '';
  const found = await api.get<Array<{ value: string }>>(`/api/variables/${encodeURIComponent(name)}`);
  return found.map(({ value }) => value);
}

function choiceOf(variable: Variable, loaded: Record<string, string[]>, params: URLSearchParams): Choice {
  const options =
    loaded[variable.name] ?? (variable.options ?? []).map(({ value }) => value).filter((one) => one !== ALL);
  const preset = [variable.current?.value ?? []].flat();
  const fallback = variable.includeAll ? [ALL] : options.slice(0, 1);
  const selected = chosen(params, variable.name) ?? (preset.length > 0 ? preset : fallback);
  return { selected, options, allValue: variable.allValue ?? undefined };
}
