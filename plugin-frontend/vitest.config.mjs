import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: {
      // Its package names its entry for bundlers only.
      uwrap: 'uwrap/dist/uWrap.mjs',
      // As in the preview: icons come from the bundle, and none is fetched in the midst of a test.
      'react-router-dom-v5-compat': fileURLToPath(new URL('src/preview/ui/router.tsx', import.meta.url)),
      'react-inlinesvg': fileURLToPath(new URL('src/preview/ui/svg.tsx', import.meta.url)),
    },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    // Grafana's libraries take seconds to load: one worker loads them once, for all files.
    isolate: false,
    maxWorkers: 1,
    // They are built for bundlers, which resolve what Node would not: styles, and names out of CommonJS.
    server: { deps: { inline: [/@grafana\//, /@rc-component\//] } },
    testTimeout: 30_000,
    silent: 'passed-only',
    restoreMocks: true,
    unstubGlobals: true,
  },
});
