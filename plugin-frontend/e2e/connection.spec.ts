import { expect, test } from '@grafana/plugin-e2e';
import { APP_ID } from '../src/ids';

test('the data source answers and so does all that it needs', async ({ page }) => {
  await page.goto('/connections/datasources/edit/airuntime');
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/datasources/uid/airuntime/health'));
  await page.getByRole('button', { name: /^(Save & test|Test)$/ }).click();
  const answer = await asked;

  expect(answer.ok()).toBe(true);
  expect(await answer.json()).toMatchObject({ status: 'OK' });
  await expect(page.getByText('the backend answers, and so does everything it needs')).toBeVisible();
});

test('the configuration page tests the connection and shows how each dependency does', async ({
  gotoAppConfigPage,
  page,
}) => {
  await gotoAppConfigPage({ pluginId: APP_ID });
  await page.getByRole('button', { name: 'Test connection' }).click();

  await expect(page.getByText('The connection works')).toBeVisible();
  const prometheus = page.getByTestId('dependencies').getByRole('row').filter({ hasText: 'Prometheus' });
  await expect(prometheus).toContainText('Answers');
});

test('the secret is kept and never shown', async ({ gotoAppConfigPage, page }) => {
  await gotoAppConfigPage({ pluginId: APP_ID });

  await expect(page.getByLabel('Shared secret')).toHaveValue('configured');
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
});

test('plugin metrics come from the backend by way of Grafana', async ({ request }) => {
  const answer = await request.get(`/metrics/plugins/${APP_ID}`);

  expect(answer).toBeOK();
  expect(await answer.text()).toContain('airuntime_');
});
