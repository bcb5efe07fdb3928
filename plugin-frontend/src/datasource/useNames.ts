import type { SelectableValue } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { useCallback, useRef, useState } from 'react';
import { messageOf } from '../api/api';
import type { RuntimeDataSource } from './datasource';
import type { NamesField } from './queryForms';

type Options = Array<SelectableValue<string>>;

interface Names {
  options: Options;
  loading: boolean;
  error?: string;
  /** Asks the backend, when the menu opens: most queries are only looked at. */
  load: () => void;
}

/** The names that complete a field: variables of the dashboard, then what the backend knows. */
export function useNames(datasource: RuntimeDataSource, field: NamesField, service = ''): Names {
  const [found, setFound] = useState<Options>([]);
  const [state, setState] = useState<{ loading: boolean; error?: string }>({ loading: false });
  const turn = useRef(0);
  const load = useCallback(() => {
    const mine = ++turn.current;
    setState({ loading: true });
    const settle = (options: Options | undefined, error?: string) => {
      if (mine === turn.current) {
        setState({ loading: false, error });
        setFound((old) => options ?? old);
      }
    };
    datasource.names(field, service).then(
      (options) => settle(options),
      (error: unknown) => settle(undefined, messageOf(error)),
    );
  }, [datasource, field, service]);
  return { ...state, load, options: [...variables(), ...found] };
}

function variables(): Options {
  return getTemplateSrv()
    .getVariables()
    .map(({ name }) => ({ value: `\${${name}:pipe}`, label: `$${name}`, description: 'Variable' }));
}
