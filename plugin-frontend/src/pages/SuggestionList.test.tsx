import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { previewApi } from '../preview/api';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { suggestionWith } from '../testing/suggestion';
import { SuggestionList } from './SuggestionList';

function open(backend: FakeBackend) {
  vi.stubGlobal('fetch', backend.fetch);
  render(<SuggestionList api={previewApi} href={(id) => `#/suggestions/${id}`} />);
}

it('says that it loads, then lists every suggestion with a link to its page', async () => {
  open(new FakeBackend(suggestionWith(), suggestionWith({ id: 's-2', title: 'Route less to premium' })));

  expect(screen.getByText('Loading suggestions')).toBeTruthy();
  expect((await screen.findByRole('link', { name: 'Route less to premium' })).getAttribute('href')).toBe(
    '#/suggestions/s-2',
  );
  expect(screen.getAllByText('answers.ttl_seconds: 2 s → 1 min')).toHaveLength(2);
});

it('says that there is nothing to suggest when there is nothing', async () => {
  open(new FakeBackend());

  expect(await screen.findByText('Nothing to suggest')).toBeTruthy();
});

it("shows an error in the backend's own sentence", async () => {
  open(new FakeBackend().on('GET /suggestions', () => refusal(401, 'unauthorized', 'a token is needed')));

  expect(await screen.findByText('a token is needed')).toBeTruthy();
});
