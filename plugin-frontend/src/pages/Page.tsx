import { useCallback } from 'react';
import type { Api, Watch } from '../api/api';
import type { Address } from './address';
import { HealthPage } from './HealthPage';
import { LedgerPage } from './LedgerPage';
import { type PageName, pathOf } from './routes';
import { SuggestionList } from './SuggestionList';
import { SuggestionPage } from './SuggestionPage';

interface Props {
  page: PageName;
  api: Api;
  address: Address;
  /** What stands before the path of a page in links. */
  base: string;
  /** Why this user may not change anything; absent when they may. */
  refusal?: string;
  onMoved?: (done: string) => void;
  watch?: Watch;
}

/** The pages, the same in Grafana and in the preview. */
export function Page({ page, api, address, base, refusal, onMoved, watch }: Props) {
  const href = useCallback((id: string) => base + pathOf({ name: 'suggestion', id }), [base]);
  switch (page.name) {
    case 'suggestion':
      return <SuggestionPage key={page.id} {...{ api, refusal, onMoved, watch }} id={page.id} />;
    case 'suggestions':
      return <SuggestionList {...{ api, address, href, refusal }} />;
    case 'ledger':
      return <LedgerPage {...{ api, address, href }} />;
    case 'health':
      return <HealthPage api={api} />;
  }
}
