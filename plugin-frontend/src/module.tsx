import { AppPlugin } from '@grafana/data';
import { ConfigPage } from './config/ConfigPage';
import { App } from './pages/App';

export const plugin = new AppPlugin().setRootPage(App).addConfigPage({
  title: 'Configuration',
  icon: 'cog',
  id: 'configuration',
  body: ConfigPage,
});
