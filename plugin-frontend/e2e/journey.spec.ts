import { expect, test } from '@grafana/plugin-e2e';

const APP = '/a/airuntime-intelligence-app';

/** One journey, in this order: each step stands on the one before. */
test.describe.configure({ mode: 'serial' });

test('the data source answers and so does all that it needs', async ({ request }) => {
  const answer = await request.get('/api/datasources/uid/airuntime/health');

  expect(answer.ok()).toBe(true);
  expect(await answer.json()).toMatchObject({ status: 'OK' });
});

test('the configuration page tests the connection', async ({ page }) => {
  await page.goto('/plugins/airuntime-intelligence-app?page=configuration');
  await page.getByRole('button', { name: 'Test connection' }).click();

  await expect(page.getByTestId('dependencies')).toContainText('Prometheus');
});

test('the waste is seen on the dashboard', async ({ gotoDashboardPage, page }) => {
  await gotoDashboardPage({ uid: 'airuntime-code' });

  await expect(page.getByRole('button', { name: 'Apply' }).first()).toBeVisible();
});

test('evidence is read, the change applied, watched and kept', async ({ page }) => {
  await page.goto(`${APP}/suggestions?status=open`);
  await page.getByTestId('suggestions').getByRole('link').first().click();
  await expect(page.getByTestId('series').locator('figure').first()).toBeVisible();
  await page.getByTestId('move-apply').click();
  await page.getByTestId('move-confirm').click();

  await expect(page.getByTestId('steps')).toContainText('Watching (now)');
  await expect(page.getByTestId('steps')).toContainText('Kept (done)', { timeout: 150_000 });
});

test('the saving stands on the timeline and in the books', async ({ gotoDashboardPage, page }) => {
  const timeline = await gotoDashboardPage({ uid: 'airuntime-timeline' });
  await expect(timeline.ctx.page.getByText('confirmed').first()).toBeVisible();
  await page.goto(`${APP}/ledger`);

  await expect(page.getByTestId('totals')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Kept' }).first()).toBeVisible();
});

test('the query editor asks each type of query in Explore', async ({ explorePage, page }) => {
  await explorePage.datasource.set('AI Runtime');
  await page.getByLabel('Type', { exact: true }).click();
  await page.getByText('Findings', { exact: true }).click();

  await expect(explorePage.runQuery()).toBeOK();
});
