import type { AppRootProps } from '@grafana/data';
import { type BackendSrv, type BackendSrvRequest, config, setBackendSrv } from '@grafana/runtime';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { from } from 'rxjs';
import { beforeEach, expect, it } from 'vitest';
import { RESOURCES_PATH } from '../ids';
import { FakeBackend } from '../testing/fakeBackend';
import { suggestionWith } from '../testing/suggestion';
import { App } from './App';

let backend: FakeBackend;

/** Grafana's part: it hands what is asked of the app's resources to the plugin's backend. */
beforeEach(() => {
  backend = new FakeBackend(suggestionWith());
  const fetch = ({ url, method, data }: BackendSrvRequest) => {
    const body = data === undefined ? undefined : JSON.stringify(data);
    const answered = backend.fetch(url.replace(RESOURCES_PATH, ''), { method, body });
    return from(answered.then(async (response) => ({ data: await response.json() })));
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
});

function open(path: string, orgRole: 'Viewer' | 'Editor') {
  config.bootData = { ...config.bootData, user: { orgRole } } as typeof config.bootData;
  render(<App {...({ path } as AppRootProps)} />);
}

it('opens the list of suggestions, each with a link to its page in Grafana', async () => {
  open('/a/airuntime-intelligence-app/suggestions', 'Viewer');

  expect((await screen.findByRole('link', { name: 'Keep answers longer' })).getAttribute('href')).toBe(
    '/a/airuntime-intelligence-app/suggestions/s-1',
  );
});

it('lets an editor apply on the page of a suggestion', async () => {
  open('/a/airuntime-intelligence-app/suggestions/s-1', 'Editor');
  fireEvent.click(await screen.findByTestId('move-apply'));
  fireEvent.click(screen.getByTestId('move-confirm'));

  await waitFor(() => expect(backend.changes()).toHaveLength(1));
  expect(backend.changes()[0]).toMatchObject({ path: '/suggestions/s-1/apply', body: { revision: 3 } });
  expect(await screen.findByText('Applied')).toBeTruthy();
});

it('lets a viewer change nothing there', async () => {
  open('/a/airuntime-intelligence-app/suggestions/s-1', 'Viewer');
  fireEvent.click(await screen.findByTestId('move-apply'));

  expect(screen.queryByRole('dialog')).toBeNull();
  expect(backend.changes()).toEqual([]);
});
