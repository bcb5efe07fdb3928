import { rangeUtil } from '@grafana/data';
import { useCallback, useEffect, useState } from 'react';

/** A number that grows at each refresh, by the clock while the page is visible, or by hand. */
export function useTurn(interval: string): { turn: number; refresh: () => void } {
  const [turn, setTurn] = useState(0);
  const refresh = useCallback(() => setTurn((old) => old + 1), []);
  useEffect(() => {
    const every = interval ? rangeUtil.intervalToMs(interval) : 0;
    const timer = every > 0 ? setInterval(() => !document.hidden && refresh(), every) : undefined;
    return () => clearInterval(timer);
  }, [interval, refresh]);
  return { turn, refresh };
}
