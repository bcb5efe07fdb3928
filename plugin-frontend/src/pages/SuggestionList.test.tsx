import { fireEvent, render, screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { previewApi } from '../preview/api';
import { useMemoryAddress } from '../testing/address';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { codeSuggestion, QUEUE, suggestionWith } from '../testing/suggestion';
import { SuggestionList } from './SuggestionList';

const href = (id: string) => `#/suggestions/${id}`;
const ROUTE = suggestionWith({ id: 's-2', title: 'Route less to premium', service: 'billing', status: 'kept' });

let inAddress: URLSearchParams;

function Listed({ query, refusal: why }: { query: string; refusal?: string }) {
  const address = useMemoryAddress(query);
  inAddress = address.params;
  return <SuggestionList api={previewApi} address={address} href={href} refusal={why} />;
}

function open(backend: FakeBackend, query = '', why?: string) {
  vi.stubGlobal('fetch', backend.fetch);
  render(<Listed query={query} refusal={why} />);
  return backend;
}

const two = () => new FakeBackend(ROUTE, suggestionWith());
const titles = async () => (await screen.findAllByRole('link')).map(({ textContent }) => textContent);

it('says that it loads, then lists every suggestion with a link to its page', async () => {
  open(two());

  expect(screen.getByText('Loading suggestions')).toBeTruthy();
  expect((await screen.findByRole('link', { name: 'Route less to premium' })).getAttribute('href')).toBe(
    '#/suggestions/s-2',
  );
  expect(screen.getAllByText('answers.ttl_seconds: 2 s → 1 min')).toHaveLength(2);
  expect(screen.getByText('2 in all')).toBeTruthy();
});

it('names the code where there is no value to set', async () => {
  open(new FakeBackend(codeSuggestion()));

  expect(await screen.findByText('code of page: by its patch')).toBeTruthy();
});

it('shows what waits for a person first', async () => {
  open(two());

  expect(await titles()).toEqual(['Keep answers longer', 'Route less to premium']);
});

it('shows what the address asks for', async () => {
  open(two(), 'service=billing&q=premium');

  expect(await titles()).toEqual(['Route less to premium']);
  expect(screen.getByText('1 of 2')).toBeTruthy();
});

it('writes what is searched for into the address, and clears it again', async () => {
  open(two());
  fireEvent.change(await screen.findByLabelText('Search'), { target: { value: 'longer' } });

  expect(await titles()).toEqual(['Keep answers longer']);
  expect(String(inAddress)).toBe('q=longer');

  fireEvent.click(screen.getAllByRole('button', { name: 'Clear' }).at(-1) as HTMLElement);

  expect(await titles()).toHaveLength(2);
  expect(String(inAddress)).toBe('');
});

it('writes the order into the address', async () => {
  open(two());
  const heading = await screen.findByRole('columnheader', { name: /Service/ });
  fireEvent.click(within(heading).getByRole('button'));

  expect(await titles()).toEqual(['Route less to premium', 'Keep answers longer']);
  expect(inAddress.get('sort')).toBe('service');
});

it('tells of a change that waits for what it does and who asked', async () => {
  open(new FakeBackend(ROUTE, suggestionWith({ status: 'queued', queue: QUEUE })), 'status=queued');

  expect(await titles()).toEqual(['Keep answers longer']);
  expect(screen.getByText('Asked by grace; waits for the approval of somebody else')).toBeTruthy();
});

it('says so when no suggestion is left', async () => {
  open(two(), 'status=stuck');

  expect(await screen.findByText('No suggestion is of this kind')).toBeTruthy();
});

it('says that there is nothing to suggest when there is nothing', async () => {
  open(new FakeBackend());

  expect(await screen.findByText('Nothing to suggest')).toBeTruthy();
});

it("shows an error in the backend's own sentence", async () => {
  open(new FakeBackend().on('GET /suggestions', () => refusal(401, 'unauthorized', 'a token is needed')));

  expect(await screen.findByText('a token is needed')).toBeTruthy();
});

it('has the services looked at now, and says why nothing was found', async () => {
  const none = { findings: [], suggested: [], problems: [], why_nothing: 'too few calls in the window' };
  const backend = open(two().on('POST /analyze', () => ({ status: 200, body: none })));
  fireEvent.click(await screen.findByRole('button', { name: 'Analyse now' }));

  expect(await screen.findByText('too few calls in the window')).toBeTruthy();
  expect(backend.changes().map(({ path }) => path)).toEqual(['/analyze']);
});

it('lets nobody analyse who may not change anything', async () => {
  const backend = open(two(), '', 'You may read everything.');
  fireEvent.click(await screen.findByRole('button', { name: 'Analyse now' }));

  expect(backend.changes()).toEqual([]);
});
