import type { AppRootProps } from '@grafana/data';
import { config, PluginPage } from '@grafana/runtime';
import { grafanaApi } from '../api/grafana';
import { APP_PATH } from '../ids';
import { SuggestionList } from './SuggestionList';
import { SuggestionPage } from './SuggestionPage';
import { mayChange } from './roles';
import { suggestionIn } from './routes';

const suggestionUrl = (id: string) => `${config.appSubUrl}${APP_PATH}/suggestions/${encodeURIComponent(id)}`;

/** The app's pages: one suggestion, or the list of all. */
export function App({ path }: AppRootProps) {
  const id = suggestionIn(path);
  const nav = id
    ? { text: 'Suggestion', parentItem: { text: 'Suggestions', url: `${APP_PATH}/suggestions` } }
    : undefined;
  return (
    <PluginPage pageNav={nav}>
      {id ? (
        <SuggestionPage key={id} api={grafanaApi} id={id} refusal={mayChange(config.bootData.user)} />
      ) : (
        <SuggestionList api={grafanaApi} href={suggestionUrl} />
      )}
    </PluginPage>
  );
}
