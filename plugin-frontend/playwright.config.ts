import { defineConfig } from '@playwright/test';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { fileURLToPath } from 'node:url';

/** Against any Grafana that has the plugin: `GRAFANA_URL=http://localhost:3000 npm run e2e`. */
export default defineConfig<PluginOptions>({
  testDir: './e2e',
  fullyParallel: false,
  workers: 1,
  reporter: 'list',
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: process.env.GRAFANA_URL,
    user: { user: process.env.GRAFANA_USER ?? 'admin', password: process.env.GRAFANA_PASSWORD ?? 'admin' },
    provisioningRootDir: fileURLToPath(new URL('../provisioning/grafana', import.meta.url)),
    screenshot: 'on',
    trace: 'retain-on-failure',
  },
  projects: [
    {
      name: 'log in',
      testDir: 'node_modules/@grafana/plugin-e2e/dist/auth',
      testMatch: /.*\.js/,
    },
    {
      name: 'journey',
      use: {
        storageState: `playwright/.auth/${process.env.GRAFANA_USER ?? 'admin'}.json`,
        launchOptions: { executablePath: process.env.CHROMIUM },
      },
      dependencies: ['log in'],
    },
  ],
});
