import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { FakeBackend } from '../../testing/fakeBackend';
import { suggestionWith } from '../../testing/suggestion';
import type { Action } from '../data/context';
import { useAction } from './useAction';

const RESOURCES = '/api/plugins/airuntime-intelligence-app/resources';
const ROW = { id: 's-1', revision: 3 };
const APPLY: Action = {
  title: 'Apply',
  type: 'fetch',
  confirmation: 'Set answers.ttl_seconds from 2 to 60?',
  fetch: {
    method: 'POST',
    url: `${RESOURCES}/suggestions/\${__data.fields.id}/apply`,
    body: '{"revision": ${__data.fields.revision}}',
  },
};

function click(action: Action = APPLY, row: Record<string, unknown> = ROW) {
  const backend = new FakeBackend(suggestionWith());
  const [tell, refresh] = [vi.fn(), vi.fn()];
  vi.stubGlobal('fetch', backend.fetch);
  const Row = () => {
    const { act, question } = useAction(tell, refresh);
    return (
      <>
        <button onClick={() => act(action, row)}>in the row</button>
        {question}
      </>
    );
  };
  render(<Row />);
  fireEvent.click(screen.getByText('in the row'));
  return { backend, tell, refresh };
}

const confirm = () => fireEvent.click(screen.getByRole('button', { name: 'Confirm' }));

it('asks in the words of the dashboard before anything is sent', () => {
  const { backend } = click();

  expect(screen.getByRole('dialog').textContent).toContain('Set answers.ttl_seconds from 2 to 60?');
  expect(backend.asked).toEqual([]);

  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));

  expect(screen.queryByRole('dialog')).toBeNull();
  expect(backend.asked).toEqual([]);
});

it("sends the row's id and revision to the backend, tells that it is done, and refreshes", async () => {
  const { backend, tell, refresh } = click();
  confirm();

  await waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(backend.posts().map(({ path, body }) => [path, body])).toEqual([['/suggestions/s-1/apply', { revision: 3 }]]);
  expect(tell).toHaveBeenCalledWith('success', 'Apply: done', expect.any(String));
  expect(screen.queryByRole('dialog')).toBeNull();
});

it("tells in the backend's own sentence why it was not done, and refreshes what is old", async () => {
  const { tell, refresh } = click(APPLY, { ...ROW, revision: 2 });
  confirm();

  await waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(tell).toHaveBeenCalledWith('error', 'Apply: not done', 'suggestion s-1 is open at revision 3');
});

it.each([
  ['another site', { ...APPLY, fetch: { url: 'https://evil.example/apply' } }],
  ["Grafana's own API", { ...APPLY, fetch: { url: '/api/admin/settings' } }],
  ['nowhere', { title: 'Apply' }],
])('sends nothing to %s', async (_where, action) => {
  const { backend, tell } = click(action);
  confirm();

  await waitFor(() =>
    expect(tell).toHaveBeenCalledWith('error', 'Apply: not done', expect.stringContaining('only calls')),
  );
  expect(backend.asked).toEqual([]);
});
