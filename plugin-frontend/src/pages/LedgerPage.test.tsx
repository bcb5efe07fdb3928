import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { previewApi } from '../preview/api';
import { useMemoryAddress } from '../testing/address';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { LEDGER } from '../testing/ledger';
import { LedgerPage } from './LedgerPage';

const NOW = 1_700_086_400_000;
const MONTH = `from=${NOW - 30 * 86_400_000}`;
const WEEK = `from=${NOW - 7 * 86_400_000}`;
const SERVICES = { status: 200, body: [{ text: 'support', value: 'support' }] };

let inAddress: URLSearchParams;

function Books({ query }: { query: string }) {
  const address = useMemoryAddress(query);
  inAddress = address.params;
  return <LedgerPage api={previewApi} address={address} href={(id) => `#/suggestions/${id}`} />;
}

function open(backend: FakeBackend, query = '') {
  vi.spyOn(Date, 'now').mockReturnValue(NOW);
  vi.stubGlobal('fetch', backend.on('GET /api/variables/services', () => SERVICES).fetch);
  render(<Books query={query} />);
  return backend;
}

const booked = (query = MONTH) => new FakeBackend().on(`GET /ledger?${query}`, () => ({ status: 200, body: LEDGER }));

it('says that it loads, then tells the total, the own cost and what is left, each with its interval', async () => {
  open(booked());

  expect(screen.getByText('Loading the ledger')).toBeTruthy();
  const totals = within(await screen.findByTestId('totals'));
  expect(totals.getByText('$12.50')).toBeTruthy();
  expect(totals.getByText('$10.00 to $15.00')).toBeTruthy();
  expect(totals.getByText('$0.7500')).toBeTruthy();
  expect(totals.getByText('$11.75')).toBeTruthy();
  expect(totals.getAllByText('not measured')).toHaveLength(2);
});

it('has a row for each change with a link to its suggestion', async () => {
  open(booked());

  const link = await screen.findByRole('link', { name: 'answers.ttl_seconds: 2 → 60' });
  expect(link.getAttribute('href')).toBe('#/suggestions/s-1');
  const row = within(link.closest('tr') as HTMLElement);
  expect(row.getByText('Kept')).toBeTruthy();
  expect(row.getByText('Measured')).toBeTruthy();
  expect(row.getByText('$9.75 to $14.75')).toBeTruthy();
});

it('asks for what the address says, and writes into it what is chosen', async () => {
  open(booked(`${WEEK}&service=support`), 'span=7d&service=support');
  await screen.findByTestId('totals');
  fireEvent.keyDown(screen.getByLabelText('Time'), { key: 'ArrowDown' });
  fireEvent.click(await screen.findByText('Last day'));

  expect(Object.fromEntries(inAddress)).toEqual({ span: '1d', service: 'support' });
});

it('shows the last 30 days when the address asks for a span that there is not', async () => {
  open(booked(), 'span=forever');

  expect(await screen.findByTestId('totals')).toBeTruthy();
});

it('gives the same part as a file', async () => {
  const offered = vi.fn((_file: Blob) => 'blob:1');
  Object.assign(URL, { createObjectURL: offered, revokeObjectURL: vi.fn() });
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  open(booked().on(`GET /ledger.csv?${MONTH}`, () => ({ status: 200, body: 'a,b' })));
  fireEvent.click(await screen.findByRole('button', { name: 'CSV' }));

  await waitFor(() => expect(click).toHaveBeenCalledTimes(1));
  expect(offered.mock.calls[0]?.[0]).toMatchObject({ type: 'text/csv', size: 'a,b'.length });
});

it('says why there is no file', async () => {
  open(booked());
  fireEvent.click(await screen.findByRole('button', { name: 'CSV' }));

  expect(await screen.findByText('The file could not be made')).toBeTruthy();
});

it('says so when nothing is booked', async () => {
  const empty = { ...LEDGER, changes: [], saved: { usd: null, seconds: null, errors: null }, net_usd: null, roi: null };
  open(new FakeBackend().on(`GET /ledger?${MONTH}`, () => ({ status: 200, body: empty })));

  expect(await screen.findByText('No change has saved anything in this time')).toBeTruthy();
});

it("shows an error in the backend's own sentence", async () => {
  open(new FakeBackend().on(`GET /ledger?${MONTH}`, () => refusal(500, 'internal', 'the log says more')));

  expect(await screen.findByText('the log says more')).toBeTruthy();
});

it.each([
  [0.98, 'At least 98 % of model calls had a price.'],
  [1, 'Every model call had a price.'],
])('says how far the money can be believed: %s', async (priced_ratio, told) => {
  open(new FakeBackend().on(`GET /ledger?${MONTH}`, () => ({ status: 200, body: { ...LEDGER, priced_ratio } })));

  expect(await screen.findByText(told, { exact: false })).toBeTruthy();
});
