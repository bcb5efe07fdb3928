import type { AppRootProps } from '@grafana/data';
import { config, PluginPage } from '@grafana/runtime';
import { grafanaApi, watchRollout } from '../api/grafana';
import { APP_PATH } from '../ids';
import { Page } from './Page';
import { mayChange } from './roles';
import { type PageName, pageIn, pathOf, TITLES } from './routes';
import { useGrafanaAddress } from './useGrafanaAddress';

const LIST: PageName = { name: 'suggestions' };

/** The app's pages in Grafana. */
export function App({ path }: AppRootProps) {
  const page = pageIn(path) ?? LIST;
  const address = useGrafanaAddress();
  return (
    <PluginPage pageNav={navOf(page)}>
      <Page
        page={page}
        api={grafanaApi}
        address={address}
        base={config.appSubUrl + APP_PATH}
        refusal={mayChange(config.bootData.user)}
        watch={watchRollout}
      />
    </PluginPage>
  );
}

/** Only a suggestion needs a place of its own: the other pages stand in Grafana's menu. */
function navOf({ name }: PageName) {
  return name === 'suggestion'
    ? { text: TITLES.suggestion, parentItem: { text: TITLES.suggestions, url: APP_PATH + pathOf(LIST) } }
    : undefined;
}
