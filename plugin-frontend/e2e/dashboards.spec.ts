import { expect, test } from '@grafana/plugin-e2e';
import { readdirSync, readFileSync } from 'node:fs';

interface Dashboard {
  uid: string;
  title: string;
  panels: Array<{ type: string; title: string }>;
}

const GENERATED = new URL('../../dashboards/generated/', import.meta.url);
const DASHBOARDS: Dashboard[] = readdirSync(GENERATED)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, GENERATED), 'utf8')));

for (const { uid, title, panels } of DASHBOARDS) {
  test(`no panel of ${title} fails`, async ({ gotoDashboardPage, page }) => {
    const faults: string[] = [];
    page.on('response', (answer) => {
      if (answer.url().includes('/api/ds/query') && !answer.ok()) {
        faults.push(`${answer.status()} ${answer.url()}`);
      }
    });
    const dashboard = await gotoDashboardPage({ uid });
    const drawn = panels.filter(({ type }) => type !== 'row');
    // Who scrolls before the first is there looks for it at the end of the page.
    await expect(dashboard.getPanelByTitle(String(drawn[0]?.title)).locator).toBeVisible();
    for (const panel of drawn) {
      const shown = dashboard.getPanelByTitle(panel.title);
      await shown.scrollIntoView();
      await expect(shown.locator, panel.title).toBeVisible();
      await expect(shown.locator.getByLabel('Panel loading bar'), panel.title).toHaveCount(0);
      await expect(shown.getErrorIcon(), panel.title).toHaveCount(0);
    }

    expect(faults).toEqual([]);
  });
}

test('the variables list services and primitives, and the panels ask for what is chosen', async ({
  gotoDashboardPage,
  page,
}) => {
  const dashboard = await gotoDashboardPage({ uid: 'airuntime-code' });
  const asked = dashboard.waitForQueryDataRequest((request) =>
    request.postDataJSON().queries.some(({ type, primitive }: Record<string, string>) => {
      return type === 'primitives' && primitive === 'answer_cache';
    }),
  );
  await page.getByTestId('data-testid template variable').nth(1).getByRole('combobox').click();
  await page.getByRole('option', { name: 'answer_cache' }).click();
  await page.keyboard.press('Escape');
  await asked;

  const table = dashboard.getPanelByTitle('Slowest primitives by own time');
  await expect(table.data.filter({ hasText: 'answer_cache' }).first()).toBeVisible();
  await expect(table.data.filter({ hasText: 'model_router' })).toHaveCount(0);
});

test('a variable of another dashboard lists what the backend knows', async ({ variableEditPage, page }) => {
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set('AI Runtime');
  await page.getByLabel('List', { exact: true }).click();
  await page.getByRole('option', { name: 'Primitives' }).click();
  await variableEditPage.runQuery();

  await expect(variableEditPage).toDisplayPreviews(['answer_cache']);
});
