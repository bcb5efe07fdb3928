import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { previewApi } from '../preview/api';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { NO_POLICY, POLICY } from '../testing/policy';
import { moment } from './format';
import { PolicyCard } from './PolicyCard';

function open(answer: () => { status: number; body: unknown }) {
  vi.stubGlobal('fetch', new FakeBackend().on('GET /policy', answer).fetch);
  render(<PolicyCard api={previewApi} />);
}

const fact = (name: string) => screen.getByText(name).nextElementSibling?.textContent;

it('says that it reads, then whether it is frozen and until when, and every limit', async () => {
  open(() => ({ status: 200, body: POLICY }));

  expect(screen.getByText('Reading the policy')).toBeTruthy();
  expect(await screen.findByText('Frozen')).toBeTruthy();
  expect(fact('Frozen now')).toBe(
    `nothing is changed on sat, sun (UTC): nobody is on call, until ${moment(1_700_000_000)}`,
  );
  expect(fact('Freezes')).toBe('weekend: nothing is changed on sat, sun (UTC): nobody is on call');
  expect(fact('Changes today')).toBe('2 begun, 3 of 5 left');
  expect(fact('Blast radius')).toBe('a change reaches at most 60 % of all calls and 50 % of the spend');
  expect(fact('Services')).toBe('only shop, bakery-*');
  expect(screen.queryByText('Rules')).toBeNull();
  expect(fact('Second person')).toBe('must approve changes of medium and high risk');
  expect(fact('Autonomy')).toBe('cold_cache: apply-with-approval, auto is not earned yet: 2 of 5');
  expect(fact('File')).toBe('/etc/airuntime/policy.yaml');
});

it('says what holds where there is no policy', async () => {
  open(() => ({ status: 200, body: NO_POLICY }));

  expect(await screen.findByText('Changes may begin')).toBeTruthy();
  expect(screen.getByText(/There is none: .* AIRUNTIME_POLICY_FILE names one/)).toBeTruthy();
  expect(fact('Changes today')).toBe('0 begun, no limit');
  expect(fact('Blast radius')).toBe('no limit');
  expect(fact('Second person')).toBe('not asked for');
  expect(fact('Autonomy')).toBe('every rule only suggests');
});

it('says when a day has had its changes', async () => {
  const limits = { ...POLICY.limits, changes_today: 6 };
  open(() => ({ status: 200, body: { ...POLICY, frozen: null, limits } }));

  expect(await screen.findByText('No more changes today')).toBeTruthy();
  expect(fact('Changes today')).toBe('6 begun, 0 of 5 left');
});

it("shows an error in the backend's own sentence", async () => {
  open(() => refusal(503, 'policy_unreadable', 'policy.yaml:1: changes_per_day: must be a number'));

  expect(await screen.findByText('The policy could not be read')).toBeTruthy();
  expect(screen.getByText('policy.yaml:1: changes_per_day: must be a number')).toBeTruthy();
});
