import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { FORMS } from '../src/datasource/queryForms';
import type { RuntimeQuery } from '../src/datasource/types';

const EXPLORE = `/explore?left=${JSON.stringify({
  datasource: 'airuntime',
  queries: [{ refId: 'A', type: 'primitives', service: '', primitive: '' }],
  range: { from: 'now-15m', to: 'now' },
})}`;

test('the query editor asks each type of query in Explore, with the names that it takes', async ({ page }) => {
  test.setTimeout(600_000);
  const first = answerTo(page, ({ type }) => type === 'primitives');
  await page.goto(EXPLORE);
  await fine(await first);
  for (const [type, { label, names }] of Object.entries(FORMS).filter(([one]) => one !== 'primitives')) {
    await test.step(label, async () => {
      const asked = answerTo(page, (query) => query.type === type);
      await page.getByLabel('Type', { exact: true }).click();
      await page
        .getByRole('option')
        .filter({ has: page.getByText(label, { exact: true }) })
        .click();

      await fine(await asked);
      for (const field of names) {
        await expect(page.getByLabel(labelOf(field), { exact: true })).toBeVisible();
      }
    });
  }
});

test('a field of the query editor completes names from the backend', async ({ page }) => {
  await page.goto(EXPLORE);
  const asked = answerTo(page, ({ primitive }) => primitive === 'answer_cache');
  await page.getByLabel('Primitive', { exact: true }).click();
  await page.getByRole('option', { name: 'answer_cache' }).click();

  await fine(await asked);
});

/** Grafana's answer to the first query that is meant. */
function answerTo(page: Page, meant: (query: RuntimeQuery) => boolean) {
  return page.waitForResponse(
    (answer) => answer.url().includes('/api/ds/query') && meant(answer.request().postDataJSON().queries[0]),
  );
}

async function fine(answer: Awaited<ReturnType<typeof answerTo>>) {
  expect(answer.ok(), await answer.text()).toBe(true);
  expect((await answer.json()).results.A.error).toBeUndefined();
}

function labelOf(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}
