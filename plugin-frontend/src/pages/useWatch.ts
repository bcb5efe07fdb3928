import { useEffect } from 'react';
import type { Watch } from '../api/api';

/** Calls `onChange` whenever the rollout of a suggestion goes on, for as long as there is something to watch with. */
export function useWatch(watch: Watch | undefined, id: string, onChange: () => void): void {
  useEffect(() => watch?.(id, onChange), [watch, id, onChange]);
}
