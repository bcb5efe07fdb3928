import { useCallback, useEffect, useState } from 'react';
import { millisOf } from '../model/time';

/** A number that grows at each refresh: by the clock while the page is visible, when it comes back, or by hand. */
export function useTurn(interval: string): { turn: number; refresh: () => void } {
  const [turn, setTurn] = useState(0);
  const refresh = useCallback(() => setTurn((old) => old + 1), []);
  useEffect(() => {
    const every = millisOf(interval);
    if (every === 0) {
      return undefined;
    }
    const ifSeen = () => !document.hidden && refresh();
    const timer = setInterval(ifSeen, every);
    document.addEventListener('visibilitychange', ifSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ifSeen);
    };
  }, [interval, refresh]);
  return { turn, refresh };
}
