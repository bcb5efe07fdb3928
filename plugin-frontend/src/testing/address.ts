import { useMemo, useState } from 'react';
import { type Address, changed } from '../pages/address';

/** An address that is kept in memory. */
export function useMemoryAddress(query = ''): Address {
  const [params, setParams] = useState(() => new URLSearchParams(query));
  return useMemo(() => ({ params, set: (changes) => setParams((old) => changed(old, changes)) }), [params]);
}
