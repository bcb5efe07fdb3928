import { expect, test } from '@grafana/plugin-e2e';
import { FORMS } from '../src/datasource/queryForms';

test('the query editor asks each type of query in Explore, with the names that it takes', async ({
  explorePage,
  page,
  components,
}) => {
  test.setTimeout(600_000);
  await explorePage.datasource.set('AI Runtime');
  const row = explorePage.getQueryEditorRow('A');
  for (const [type, { label, names }] of Object.entries(FORMS)) {
    await test.step(label, async () => {
      const asked = page.waitForResponse(
        (answer) => answer.url().includes('/api/ds/query') && answer.request().postDataJSON().queries[0].type === type,
      );
      await components.select.within(row).selectOption(label);
      if (type === 'primitives') {
        await explorePage.runQuery(); // it is asked already
      }
      const answer = await asked;

      expect(answer.ok(), await answer.text()).toBe(true);
      expect((await answer.json()).results.A.error).toBeUndefined();
      for (const field of names) {
        await expect(row.getByLabel(labelOf(field), { exact: true })).toBeVisible();
      }
    });
  }
});

test('a field of the query editor completes names from the backend', async ({ explorePage, page }) => {
  await explorePage.datasource.set('AI Runtime');
  const row = explorePage.getQueryEditorRow('A');
  const asked = page.waitForResponse(
    (answer) =>
      answer.url().includes('/api/ds/query') && answer.request().postDataJSON().queries[0].primitive === 'answer_cache',
  );
  await row.getByLabel('Primitive', { exact: true }).click();
  await page.getByRole('option', { name: 'answer_cache' }).click();

  expect((await asked).ok()).toBe(true);
});

function labelOf(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}
