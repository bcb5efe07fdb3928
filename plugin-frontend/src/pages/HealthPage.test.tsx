import { render, screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { previewApi } from '../preview/api';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { HEALTH } from '../testing/health';
import { HealthPage } from './HealthPage';

function open(backend: FakeBackend) {
  vi.stubGlobal('fetch', backend.fetch);
  render(<HealthPage api={previewApi} />);
}

const row = (name: string) => within(screen.getByRole('row', { name: new RegExp(name) }));

it('says that it asks, then how each dependency does and why', async () => {
  open(new FakeBackend().on('GET /healthz', () => ({ status: 200, body: HEALTH })));

  expect(screen.getByText('Asking the backend')).toBeTruthy();
  expect(await screen.findByText('Backend 0.1.0')).toBeTruthy();
  expect(screen.getByText('In trouble')).toBeTruthy();
  expect(row('Database').getByText('Answers')).toBeTruthy();
  expect(row('Prometheus').getByText('Fails')).toBeTruthy();
  expect(row('Prometheus').getByText('cannot be reached')).toBeTruthy();
  expect(row('Model').getByText('Not configured')).toBeTruthy();
  expect(row('Model').getByText('optional: the rules word suggestions themselves')).toBeTruthy();
  expect(screen.getByText('max_entries must be at least 1')).toBeTruthy();
});

it("shows an error in the backend's own sentence", async () => {
  open(new FakeBackend().on('GET /healthz', () => refusal(500, 'internal', 'the log says more')));

  expect(await screen.findByText('the log says more')).toBeTruthy();
});
