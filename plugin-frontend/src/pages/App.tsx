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

/** A suggestion needs a place of its own, and the page that the app opens with a name; the others stand in the menu. */
function navOf({ name }: PageName) {
  switch (name) {
    case 'suggestion':
      return { text: TITLES.suggestion, parentItem: { text: TITLES.suggestions, url: APP_PATH + pathOf(LIST) } };
    case 'suggestions':
      return { text: TITLES.suggestions };
    default:
      return undefined;
  }
}
