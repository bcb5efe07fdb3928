import { defineConfig } from '@playwright/test';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { fileURLToPath } from 'node:url';
import { PEOPLE, stateOf } from './e2e/people';

const { login: user, password } = PEOPLE.admin;

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
    user: { user, password },
    grafanaAPICredentials: { user, password },
    provisioningRootDir: fileURLToPath(new URL('../provisioning/grafana', import.meta.url)),
    viewport: { width: 1600, height: 1000 },
    screenshot: 'on',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM, args: ['--disable-gpu'] },
  },
  projects: [
    { name: 'log in', testMatch: 'people.setup.ts', teardown: 'leave' },
    { name: 'leave', testMatch: 'people.teardown.ts' },
    { name: 'journeys', use: { storageState: stateOf(PEOPLE.admin) }, dependencies: ['log in'] },
  ],
});
