import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { FakeBackend, refusal } from '../../testing/fakeBackend';
import { previewApi } from '../api';
import type { Dashboard } from '../model/dashboard';
import { chosen, parseHash } from '../model/location';
import { DashboardView } from './DashboardView';

const ALL = { value: ['$__all'] };
const variable = { type: 'query', multi: true, includeAll: true, allValue: '.*', current: ALL };
const DASHBOARD: Dashboard = {
  uid: 'airuntime-code',
  title: 'Code Performance',
  panels: [
    {
      id: 1,
      type: 'table',
      gridPos: { x: 0, y: 0, w: 24, h: 8 },
      targets: [{ refId: 'A', type: 'primitives', service: '${service:pipe}' }],
    },
  ],
  templating: {
    list: [
      { ...variable, name: 'service', label: 'Service', query: 'services' },
      { ...variable, name: 'primitive', query: { query: 'primitives', service: '${service:pipe}' } },
    ],
  },
  annotations: {
    list: [{ name: 'Changes', target: { refId: 'M', type: 'annotations', service: '${service:pipe}' } }],
  },
  links: [{ title: 'Timeline', url: '/d/airuntime-timeline', keepTime: true, includeVars: true }],
  time: { from: 'now-15m', to: 'now' },
  timezone: 'utc',
  refresh: '',
};

let backend: FakeBackend;
const NAMES = () => ({ status: 200, body: [{ text: 'answer', value: 'answer' }] });

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  backend = new FakeBackend()
    .on('GET /api/variables/services', () => ({
      status: 200,
      body: ['billing', 'support'].map((value) => ({ text: value, value })),
    }))
    .on('GET /api/variables/primitives', NAMES)
    .on('GET /api/variables/primitives?service=support', NAMES)
    .on('POST /api/query', () => ({ status: 200, body: { results: { A: { frames: [] }, M: { frames: [] } } } }));
  vi.stubGlobal('fetch', backend.fetch);
});

function open(query = '') {
  const view = (params: URLSearchParams) => (
    <DashboardView api={previewApi} dashboard={DASHBOARD} params={params} tell={() => undefined} />
  );
  const { rerender } = render(view(new URLSearchParams(query)));
  return { again: () => rerender(view(inAddress())) };
}

function inAddress(): URLSearchParams {
  const route = parseHash(window.location.hash);
  return route.page === 'dashboard' ? route.params : new URLSearchParams();
}

interface Body {
  queries: Array<{ type: string; service: string }>;
  range: { from: number; to: number };
}

const bodies = (type: string) =>
  backend.posts().flatMap(({ body }) => ((body as Body).queries[0]?.type === type ? [body as Body] : []));
const asked = (type: string, count: number) => waitFor(() => expect(bodies(type)).toHaveLength(count));

it('asks for the range of the dashboard, and for everything where all is chosen', async () => {
  open();
  await asked('primitives', 1);
  const [body] = bodies('primitives');

  expect(body?.queries[0]?.service).toBe('');
  expect(((body?.range.to ?? 0) - (body?.range.from ?? 0)) / 1000).toBeCloseTo(900, 0);
});

it('asks for what the address says: range and variables', async () => {
  open('from=1700000000000&to=1700003600000&var-service=support&var-service=billing');
  await asked('primitives', 1);

  expect(bodies('primitives')[0]).toMatchObject({
    range: { from: 1_700_000_000_000, to: 1_700_003_600_000 },
    queries: [{ service: 'support|billing' }],
  });
});

it('takes its own range when that of the address means nothing', async () => {
  open('from=yesterday&to=');
  await asked('primitives', 1);
  const { from, to } = bodies('primitives')[0]?.range ?? { from: 0, to: 0 };

  expect((to - from) / 1000).toBeCloseTo(900, 0);
});

it('asks again at a refresh by hand', async () => {
  open();
  await asked('primitives', 1);
  fireEvent.click(screen.getByTestId('data-testid RefreshPicker run button'));

  await asked('primitives', 2);
});

it('writes a chosen value into the address, and asks for it', async () => {
  const { again } = open();
  await asked('primitives', 1);
  fireEvent.keyDown(screen.getByLabelText('Service'), { key: 'ArrowDown' });
  fireEvent.click(await screen.findByText('support'));

  expect(chosen(inAddress(), 'service')).toEqual(['support']);

  again();

  await asked('primitives', 2);
  expect(bodies('primitives')[1]?.queries[0]?.service).toBe('support');
});

it('lists the primitives of the services that are chosen, and all where all are', async () => {
  const { again } = open();
  const reads = () => backend.asked.map(({ path }) => path).filter((path) => path.includes('primitives'));
  await waitFor(() => expect(reads()).toEqual(['/api/variables/primitives']));
  window.location.hash = '#/d/airuntime-code?var-service=support';

  again();

  await waitFor(() =>
    expect(reads()).toEqual(['/api/variables/primitives', '/api/variables/primitives?service=support']),
  );
  await asked('primitives', 2);
});

it('moves the range, and writes it into the address', async () => {
  open('from=1700000000000&to=1700000900000');
  await asked('primitives', 1);
  fireEvent.click(screen.getByLabelText('Move time range backwards'));

  expect([inAddress().get('from'), inAddress().get('to')]).toEqual(['1699999550000', '1700000450000']);
});

it('takes time and variables along to another dashboard', async () => {
  open('from=now-1h&to=now&var-service=support&refresh=5s');

  expect(screen.getByRole('link', { name: 'Timeline' }).getAttribute('href')).toBe(
    '#/d/airuntime-timeline?from=now-1h&to=now&var-service=support&var-primitive=%24__all&refresh=5s',
  );
  await asked('primitives', 1);
});

it("says in the backend's own sentence that choices or marks could not be read, and asks for the panels all the same", async () => {
  const down = refusal(502, 'ledger', 'the ledger does not answer');
  backend.on('GET /api/variables/services', () => down);
  backend.on('POST /api/query', ({ body }) =>
    (body as Body).queries[0]?.type === 'annotations'
      ? { status: 200, body: { results: { M: { error: 'no marks now' } } } }
      : { status: 200, body: { results: { A: { frames: [] } } } },
  );
  open();

  expect(await screen.findByText('the ledger does not answer')).toBeTruthy();
  expect(await screen.findByText('no marks now')).toBeTruthy();
  await asked('primitives', 1);
});

it('asks for marks as for annotations in Grafana', async () => {
  open('var-service=support');
  await asked('annotations', 1);

  expect(bodies('annotations')[0]?.queries).toEqual([{ refId: 'M', type: 'annotations', service: 'support' }]);
});
