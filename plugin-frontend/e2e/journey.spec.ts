import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { APP_ID, APP_PATH, RESOURCES_PATH } from '../src/ids';
import { PEOPLE, stateOf } from './people';

const LONGEST_ROLLOUT = 180_000;

interface Suggestion {
  id: string;
  title: string;
  status: string;
}

let chosen: Suggestion;

/** One journey, in this order: each step stands on the one before. */
test.describe.configure({ mode: 'serial' });

test('something is suggested', async ({ request }) => {
  const open = async () => {
    const answer = await request.get(`${RESOURCES_PATH}/suggestions`);
    const { suggestions } = (await answer.json()) as { suggestions: Suggestion[] };
    return suggestions.filter(({ status }) => status === 'open');
  };
  await expect.poll(async () => (await open()).length, { timeout: 120_000 }).toBeGreaterThan(0);

  [chosen] = (await open()) as [Suggestion];
});

test.describe('a viewer', () => {
  test.use({ storageState: stateOf(PEOPLE.viewer) });

  test('reads the suggestion and may not change anything on its page', async ({ page }) => {
    await page.goto(`${APP_PATH}/suggestions/${chosen.id}`);

    await expect(page.getByRole('heading', { name: chosen.title })).toBeVisible();
    await expect(page.getByTestId('move-apply')).toBeDisabled();
  });

  test('is refused by the backend when the table offers Apply all the same', async ({ gotoDashboardPage, page }) => {
    await gotoDashboardPage({ uid: 'airuntime-code' });

    const answer = await applyInTable(page);

    expect(answer.status()).toBe(403);
    expect(await answer.text()).toContain('Editor');
    expect(await statusOf(page)).toBe('open');
  });
});

test.describe('an editor', () => {
  test.use({ storageState: stateOf(PEOPLE.editor) });

  test('finds the suggestion in the list and reads its evidence', async ({ page }) => {
    await page.goto(`${APP_PATH}/suggestions?status=open`);
    await page.getByTestId('suggestions').getByRole('link', { name: chosen.title }).first().click();

    await expect(page.getByTestId('series').locator('figure').first()).toBeVisible();
    await expect(page.getByTestId('move-apply')).toBeEnabled();
  });

  test('applies it in the table of the dashboard, and its page follows by Grafana Live until it is kept', async ({
    context,
    page,
  }) => {
    test.setTimeout(3 * LONGEST_ROLLOUT);
    const told = toldLive(page);
    await page.goto(`${APP_PATH}/suggestions/${chosen.id}`);
    await expect(page.getByTestId('move-apply')).toBeEnabled();
    const beside = await context.newPage();
    await beside.goto('/d/airuntime-code');

    const answer = await applyInTable(beside);

    expect(answer.ok(), await answer.text()).toBe(true);
    expect((await answer.json()).history.at(-1)).toMatchObject({ who: PEOPLE.editor.login });
    await beside.close();
    await expect(page.getByTestId('steps')).toContainText('Watching (now)', { timeout: 60_000 });
    await expect(page.getByTestId('arms')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByTestId('steps')).toContainText('Kept (done)', { timeout: LONGEST_ROLLOUT });
    const live = told.filter((text) => text.includes(`plugin/${APP_ID}/rollout/${chosen.id}`));
    expect(live.some((text) => text.includes('"watching"'))).toBe(true);
    expect(live.some((text) => text.includes('"kept"'))).toBe(true);
  });

  test('sees the change as a mark on the dashboards, and its verdict on the timeline', async ({
    gotoDashboardPage,
    page,
  }) => {
    const marked = page.waitForResponse(async (answer) => {
      const asked =
        answer.url().includes('/api/ds/query') && (answer.request().postData() ?? '').includes('annotations');
      return asked && (await answer.text()).includes('"kept: ');
    });
    const dashboard = await gotoDashboardPage({ uid: 'airuntime-timeline' });
    await marked;

    const changes = dashboard.getPanelByTitle('Applied changes');
    await changes.scrollIntoView();
    await expect(changes.locator.getByText('confirmed').first()).toBeVisible();
    await expect(page.getByTestId('data-testid annotation-marker').first()).toBeAttached();
  });

  test('finds the saving in the books', async ({ page }) => {
    await page.goto(`${APP_PATH}/ledger`);

    await expect(page.getByTestId('totals')).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'Kept' }).first()).toBeVisible({ timeout: 60_000 });
  });

  test('takes the change back with a reason', async ({ page }) => {
    await page.goto(`${APP_PATH}/suggestions/${chosen.id}`);
    await page.getByTestId('move-rollback').click();
    await page.getByTestId('move-reason').fill('the journey ends');
    await page.getByTestId('move-confirm').click();

    await expect(page.getByTestId('steps')).toContainText('Rolled back');
    await expect(page.getByTestId('suggestion')).toContainText('the journey ends');
    expect(await statusOf(page)).toBe('rolled_back');
  });
});

/** Clicks the native Action in the row of the suggestion, says yes, and gives the backend's answer. */
async function applyInTable(page: Page) {
  const row = page.getByRole('row').filter({ hasText: chosen.title, hasNotText: 'expired' });
  await row.getByRole('button', { name: 'Apply' }).first().click();
  const answered = page.waitForResponse((answer) => answer.url().endsWith(`/suggestions/${chosen.id}/apply`));
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  return answered;
}

async function statusOf(page: Page): Promise<string> {
  const answer = await page.request.get(`${RESOURCES_PATH}/suggestions/${chosen.id}`);
  return (await answer.json()).status;
}

/** What Grafana Live sends to the page, as it comes. */
function toldLive(page: Page): string[] {
  const told: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => told.push(String(payload))));
  return told;
}
