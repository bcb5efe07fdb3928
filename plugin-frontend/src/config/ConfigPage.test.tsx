import { type AppPluginMeta, type GrafanaPlugin, PluginType } from '@grafana/data';
import { type BackendSrv, type BackendSrvRequest, setBackendSrv } from '@grafana/runtime';
import { fireEvent, render, screen } from '@testing-library/react';
import { of, throwError } from 'rxjs';
import { beforeEach, expect, it } from 'vitest';
import { APP_ID } from '../ids';
import { HEALTH } from '../testing/health';
import { ConfigPage } from './ConfigPage';

let asked: BackendSrvRequest[];
let refuse: { status: number; data: unknown } | undefined;
let answer: unknown;

/** Grafana's part: it keeps what it is asked, and answers or refuses as it is told. */
beforeEach(() => {
  asked = [];
  refuse = undefined;
  answer = {};
  const fetch = (request: BackendSrvRequest) => {
    asked.push(request);
    return refuse ? throwError(() => refuse) : of({ data: answer, ok: true, status: 200 });
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
});

function open(secret: boolean) {
  const meta = { id: APP_ID, type: PluginType.app, enabled: true, pinned: false, secureJsonFields: { secret } };
  const plugin = { meta } as unknown as GrafanaPlugin<AppPluginMeta>;
  render(<ConfigPage plugin={plugin} query={{}} />);
}

const save = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Save' });
const test = () => fireEvent.click(screen.getByRole('button', { name: 'Test connection' }));

it('keeps the secret among what Grafana encrypts, and shows it no more', async () => {
  open(false);
  fireEvent.change(screen.getByLabelText(/Shared secret/), { target: { value: 'swordfish' } });
  fireEvent.click(save());

  expect(await screen.findByText('The secret is saved')).toBeTruthy();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    method: 'POST',
    url: `/api/plugins/${APP_ID}/settings`,
    data: { enabled: true, pinned: false, jsonData: {}, secureJsonData: { secret: 'swordfish' } },
  });
  expect(document.body.innerHTML).not.toContain('swordfish');
  expect(save().disabled).toBe(true);
});

it('has nothing to save while the secret that is kept is not reset', () => {
  open(true);

  expect(save().disabled).toBe(true);

  fireEvent.click(screen.getByRole('button', { name: /Reset/ }));
  fireEvent.change(screen.getByLabelText(/Shared secret/), { target: { value: 'new' } });

  expect(save().disabled).toBe(false);
});

it('says so when Grafana does not keep the secret', async () => {
  refuse = { status: 403, data: { message: 'Access denied' } };
  open(false);
  fireEvent.change(screen.getByLabelText(/Shared secret/), { target: { value: 'swordfish' } });
  fireEvent.click(save());

  expect(await screen.findByText('Access denied')).toBeTruthy();
});

it('shows how each dependency of the backend does when the connection works', async () => {
  answer = { status: 'OK', message: 'the backend answers', details: { ...HEALTH, ok: true } };
  open(true);
  test();

  expect(await screen.findByText('The connection works')).toBeTruthy();
  expect(screen.getByText('Database')).toBeTruthy();
  expect(asked[0]?.url).toBe(`/api/plugins/${APP_ID}/health`);
});

it.each([
  [{ status: 'ERROR', message: 'prometheus: cannot be reached', details: HEALTH }, 'prometheus: cannot be reached'],
  [{ message: 'Plugin unavailable' }, 'Plugin unavailable'],
  [{}, 'Grafana does not reach the backend.'],
])('says what is wrong when Grafana answers 503 with %j', async (data, told) => {
  refuse = { status: 503, data };
  open(true);
  test();

  expect(await screen.findByText('The connection does not work')).toBeTruthy();
  expect(screen.getByText(told)).toBeTruthy();
});
