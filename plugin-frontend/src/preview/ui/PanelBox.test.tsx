import { FieldType } from '@grafana/data';
import { screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { renderOnBoard, scopeOf } from '../../testing/board';
import { FakeBackend } from '../../testing/fakeBackend';
import { expectFaults } from '../../testing/setup';
import type { Panel } from '../model/dashboard';
import { PanelBox } from './PanelBox';

const NOW = Date.now();
const PHASES = {
  schema: {
    fields: [
      { name: 'time', type: FieldType.time },
      { name: 'answers.ttl', type: FieldType.string },
    ],
  },
  data: {
    values: [
      [NOW - 600_000, NOW - 300_000],
      ['watching', 'kept'],
    ],
  },
};

const PANEL: Panel = {
  id: 7,
  type: 'state-timeline',
  title: 'Rollouts of ${service:text}',
  gridPos: { x: 0, y: 0, w: 24, h: 8 },
  targets: [{ refId: 'A', type: 'timeline', service: '${service:pipe}' }],
  fieldConfig: { defaults: { noValue: 'Nothing was changed yet' }, overrides: [] },
};

function show(part: Partial<Panel>, ...results: unknown[]) {
  const backend = new FakeBackend().on('POST /api/query', () => {
    const A = results.length > 1 ? results.shift() : results[0];
    return { status: 200, body: { results: { A } } };
  });
  vi.stubGlobal('fetch', backend.fetch);
  const placed = { panel: { ...PANEL, ...part }, left: 0, top: 0, width: 900, height: 300 };
  const board = renderOnBoard(<PanelBox placed={placed} />, { scope: scopeOf({ service: ['support'] }) });
  return { backend, ...board };
}

const state = () => screen.getByTestId('panel-7').dataset.state;
const becomes = (wanted: string) => waitFor(() => expect(state()).toBe(wanted));
const queries = (backend: FakeBackend) =>
  backend.posts().map(({ body }) => (body as { queries: unknown[] }).queries[0]);

it('asks its question with the variables filled in, and draws the answer', async () => {
  const { backend } = show({}, { frames: [PHASES] });

  expect(state()).toBe('loading');
  await becomes('done');
  expect(screen.getByText('Rollouts of support')).toBeTruthy();
  expect(screen.getByTitle('answers.ttl')).toBeTruthy();
  expect(screen.getAllByText('kept').length).toBeGreaterThan(0);
  expect(queries(backend)).toEqual([{ refId: 'A', type: 'timeline', service: 'support' }]);
});

it("shows its error in the backend's own sentence, and only in itself", async () => {
  show({}, { error: 'Prometheus does not answer within 10 s' });

  await becomes('error');
  expect(screen.getByText('Prometheus does not answer within 10 s')).toBeTruthy();
});

it('shows an error that comes with frames of nothing', async () => {
  const frames = [{ schema: { fields: [{ name: 'a', type: FieldType.string }] }, data: { values: [[]] } }];
  show({}, { frames, error: 'half of it failed' });

  await becomes('error');
  expect(screen.getByText('half of it failed')).toBeTruthy();
});

it('says that the backend does not answer when it does not', async () => {
  show({});
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
  renderOnBoard(<PanelBox placed={{ panel: { ...PANEL, id: 8 }, left: 0, top: 0, width: 900, height: 300 }} />);

  expect(await screen.findByText('The backend does not answer: is it running?')).toBeTruthy();
});

it('says in its own words that there is nothing', async () => {
  show({}, { frames: [] });

  await becomes('empty');
  expect(screen.getByText('Nothing was changed yet')).toBeTruthy();
});

it('says that it cannot draw a type that the preview does not know', async () => {
  show({ type: 'geomap' }, { frames: [PHASES] });

  await becomes('error');
  expect(screen.getByText(/cannot draw panels of type "geomap"/)).toBeTruthy();
});

it('is drawn again when a refresh brings data after an error', async () => {
  const { again } = show({}, { error: 'not yet' }, { frames: [PHASES] });
  await becomes('error');
  again({ turn: 1 });

  await becomes('done');
  expect(screen.queryByText('not yet')).toBeNull();
});

it('keeps what it shows while it asks again', async () => {
  const { again, backend } = show({}, { frames: [PHASES] });
  await becomes('done');
  again({ turn: 1 });

  expect(state()).toBe('done');
  await waitFor(() => expect(backend.posts()).toHaveLength(2));
  expect(state()).toBe('done');
});

it('asks anew when its variable changes, and not when another one does', async () => {
  const { again, backend } = show({}, { frames: [PHASES] });
  await becomes('done');
  again({ scope: scopeOf({ service: ['support'], primitive: ['route'] }) });
  again({ scope: scopeOf({ service: ['billing'], primitive: ['route'] }) });

  await waitFor(() =>
    expect(queries(backend).map((one) => (one as { service: string }).service)).toEqual(['support', 'billing']),
  );
});

it('does not ask a slow backend the same again, and gives up an old question for a new one', async () => {
  const { again, backend } = show({});
  const signals: AbortSignal[] = [];
  vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
    signals.push(init.signal as AbortSignal);
    return new Promise(() => undefined);
  });
  await waitFor(() => expect(backend.posts()).toHaveLength(1));
  again({ turn: 1, scope: scopeOf({ service: ['billing'] }) });
  again({ turn: 2, scope: scopeOf({ service: ['billing'] }) });

  expect(signals).toHaveLength(1);

  again({ turn: 2, scope: scopeOf({ service: ['support'] }) });

  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

it('keeps to itself a fault of how it is configured', async () => {
  expectFaults();
  const overrides = [{ matcher: { id: 'byName', options: 'answers.ttl' } }] as never;
  show({ fieldConfig: { defaults: {}, overrides } }, { frames: [PHASES] });

  expect(await screen.findByText(/^This panel could not be drawn: /)).toBeTruthy();
  expect(screen.getByText('Rollouts of support')).toBeTruthy();
});

it('links to where the dashboard says, as far as the preview has it', async () => {
  const links = [
    { title: 'All suggestions', url: '/a/airuntime-intelligence-app/suggestions' },
    { title: 'Nowhere', url: '/explore' },
  ];
  show({ links }, { frames: [PHASES] });
  await becomes('done');

  expect(screen.getByRole('link', { name: 'All suggestions' }).getAttribute('href')).toBe('#/suggestions');
  expect(screen.queryByRole('link', { name: 'Nowhere' })).toBeNull();
});
