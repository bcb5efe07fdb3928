import { useCallback, useEffect, useRef, useState } from 'react';
import { messageOf } from '../api/api';

export interface Loaded<T> {
  data?: T;
  error?: string;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void;
}

/** Loads now, on `reload`, and every `seconds` while the page is visible; keeps what it has while it asks again. */
export function useLoad<T>(load: () => Promise<T>, seconds: number): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: string; loading: boolean }>({ loading: true });
  const turn = useRef(0);
  const set = useCallback((data: T) => {
    turn.current += 1;
    setState({ data, loading: false });
  }, []);
  const reload = useCallback(() => {
    const mine = ++turn.current;
    const settle = (part: { data?: T; error?: string }) =>
      mine === turn.current && setState((old) => ({ data: old.data, ...part, loading: false }));
    load().then(
      (data) => settle({ data, error: undefined }),
      (error: unknown) => settle({ error: messageOf(error) }),
    );
  }, [load]);
  useEffect(() => {
    reload();
    const timer = setInterval(() => !document.hidden && reload(), seconds * 1000);
    return () => {
      turn.current += 1;
      clearInterval(timer);
    };
  }, [reload, seconds]);
  return { ...state, reload, set };
}
