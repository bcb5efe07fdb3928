import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    // Grafana's libraries take seconds to load: one worker loads them once, for all files.
    isolate: false,
    maxWorkers: 1,
    // They are built for bundlers, which resolve what Node would not: styles, and names out of CommonJS.
    server: { deps: { inline: [/@grafana\//, /@rc-component\//] } },
    silent: 'passed-only',
    restoreMocks: true,
    unstubGlobals: true,
  },
});
