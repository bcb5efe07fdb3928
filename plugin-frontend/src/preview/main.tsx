import { createTheme, ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { registerTransformers } from './model/transformers';
import { Preview } from './Preview';

async function start(root: HTMLElement): Promise<void> {
  const light = new URLSearchParams(window.location.search).get('theme') === 'light';
  const theme = createTheme({ colors: { mode: light ? 'light' : 'dark' } });
  registerTransformers();
  // The texts of @grafana/ui itself; English is in its source.
  await initPluginTranslations('grafana-ui');
  createRoot(root).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Preview />
      <PortalContainer />
    </ThemeContext.Provider>,
  );
}

const root = document.getElementById('root');
if (root) {
  void start(root);
}
