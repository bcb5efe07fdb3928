import { expect, test } from '@grafana/plugin-e2e';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Rule {
  uid: string;
  title: string;
}

/** As the Grafana's own state of it tells. */
interface Evaluated extends Rule {
  name: string;
  health: string;
  lastError?: string;
  lastEvaluation: string;
}

const FILE = new URL('../../provisioning/grafana/alerting/airuntime.yaml', import.meta.url);
const PROVISIONED: Rule[] = parse(readFileSync(FILE, 'utf8')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
const TWO_ROUNDS = 130_000;

test('Grafana evaluates each provisioned rule on the data source without an error', async ({ request }) => {
  const evaluated = async () => {
    const answer = await request.get('/api/prometheus/grafana/api/v1/rules');
    const { data } = await answer.json();
    const rules: Evaluated[] = data.groups.flatMap((group: { rules: Evaluated[] }) => group.rules);
    return PROVISIONED.map(({ uid }) => {
      const rule = rules.find((one) => one.uid === uid);
      return [uid, rule && Date.parse(rule.lastEvaluation) > 0 ? rule.health : 'not evaluated', rule?.lastError ?? ''];
    });
  };

  await expect
    .poll(evaluated, { timeout: TWO_ROUNDS, intervals: [5_000] })
    .toEqual(PROVISIONED.map(({ uid }) => [uid, 'ok', '']));
});

test('each rule can be tried in Grafana', async ({ request }) => {
  for (const { uid } of PROVISIONED) {
    const rule = await request.get(`/api/v1/provisioning/alert-rules/${uid}`);
    const { data, condition } = await rule.json();
    const tried = await request.post('/api/v1/eval', { data: { data, condition, now: new Date().toISOString() } });

    expect(tried, await tried.text()).toBeOK();
    const { results } = await tried.json();
    expect(Object.values<{ error?: string }>(results).map(({ error }) => error ?? '')).toEqual(data.map(() => ''));
  }
});

test('a rule can be read, with its query and what it gives now', async ({ page }) => {
  const { uid, title } = PROVISIONED[0] as Rule;
  await page.goto(`/alerting/grafana/${uid}/view`);

  await expect(page.getByRole('main').getByText(title, { exact: true })).toBeVisible();
  await expect(page.getByRole('main').getByText('AI Runtime', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('type: findings')).toBeVisible();
});
