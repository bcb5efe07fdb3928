import { locationService } from '@grafana/runtime';
import { useEffect, useMemo, useState } from 'react';
import { type Address, changed } from './address';

/** The address of the page in Grafana; a choice takes the place of the last one in the browser's history. */
export function useGrafanaAddress(): Address {
  const [search, setSearch] = useState(locationService.getLocation().search);
  useEffect(() => {
    const moves = locationService.getLocationObservable().subscribe(({ search: now }) => setSearch(now));
    return () => moves.unsubscribe();
  }, []);
  return useMemo(() => {
    const params = new URLSearchParams(search);
    const set: Address['set'] = (changes) => {
      const { pathname } = locationService.getLocation();
      locationService.replace({ pathname, search: changed(params, changes).toString() });
    };
    return { params, set };
  }, [search]);
}
