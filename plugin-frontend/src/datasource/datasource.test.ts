import { CoreApp, dateTime, type DataQueryRequest, type DataSourceInstanceSettings, FieldType } from '@grafana/data';
import {
  type BackendSrv,
  type BackendSrvRequest,
  type DataSourceSrv,
  setBackendSrv,
  setDataSourceSrv,
  setTemplateSrv,
  type TemplateSrv,
} from '@grafana/runtime';
import { lastValueFrom, of } from 'rxjs';
import { beforeEach, expect, it } from 'vitest';
import { DATASOURCE_ID } from '../ids';
import { FakeTemplates } from '../testing/fakeTemplates';
import { RuntimeDataSource } from './datasource';
import type { RuntimeQuery } from './types';

const SETTINGS = { id: 1, uid: 'airuntime', type: DATASOURCE_ID, name: 'AI Runtime', jsonData: {}, meta: {} };
const NAMES = [{ text: 'support', value: 'support' }];
const FRAME = { schema: { refId: 'A', fields: [{ name: 'usd', type: FieldType.number }] }, data: { values: [[1.5]] } };

let asked: BackendSrvRequest[];
const source = () => new RuntimeDataSource(SETTINGS as unknown as DataSourceInstanceSettings);
const query = (part: Partial<RuntimeQuery>): RuntimeQuery => ({ refId: 'A', type: 'cost', ...part });

/** Grafana's part: it keeps what it is asked, and answers as its proxy to the plugin's backend does. */
beforeEach(() => {
  asked = [];
  const fetch = (request: BackendSrvRequest) => {
    asked.push(request);
    const data = request.url.includes('/api/ds/query') ? { results: { A: { status: 200, frames: [FRAME] } } } : NAMES;
    return of({ data, ok: true, status: 200 });
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
  setTemplateSrv(new FakeTemplates({ service: ['support', 'billing'], primitive: ['$__all'] }) as TemplateSrv);
  setDataSourceSrv({ getInstanceSettings: () => SETTINGS } as unknown as DataSourceSrv);
});

function ask(...targets: RuntimeQuery[]) {
  const range = { from: dateTime(1_700_000_000_000), to: dateTime(1_700_000_900_000) };
  const request = {
    targets,
    range: { ...range, raw: range },
    intervalMs: 5000,
    maxDataPoints: 180,
    app: CoreApp.Dashboard,
  };
  return lastValueFrom(
    source().query({ ...request, requestId: 'Q', scopedVars: {} } as unknown as DataQueryRequest<RuntimeQuery>),
  );
}

it('sends queries to its backend with the variables filled in, and answers its frames', async () => {
  const answer = await ask(query({ service: '${service:pipe}', primitive: '${primitive:pipe}' }));

  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: 'POST' });
  expect(asked[0]?.url).toContain('/api/ds/query');
  expect(asked[0]?.data).toMatchObject({
    from: '1700000000000',
    to: '1700000900000',
    queries: [
      { refId: 'A', type: 'cost', service: 'support|billing', primitive: '', intervalMs: 5000, maxDataPoints: 180 },
    ],
  });
  expect(answer.data[0]?.fields[0]?.values).toEqual([1.5]);
});

it('escapes variables in PromQL for regular expressions', async () => {
  await ask(query({ type: 'promql', expr: 'up{service=~"$service"}' }));

  expect(asked[0]?.data.queries[0].expr).toBe('up{service=~"(support|billing)"}');
});

it('lets Grafana leave out hidden and empty queries', () => {
  expect(source().filterQuery(query({ hide: true }))).toBe(false);
  expect(source().filterQuery(query({ type: 'promql', expr: '' }))).toBe(false);
  expect(source().filterQuery(query({}))).toBe(true);
});

it('declares annotations, so that Grafana sends them through its queries, and starts with the marks of changes', () => {
  expect(source().annotations?.getDefaultQuery?.()).toMatchObject({ type: 'annotations', service: '' });
});

it('tells in a line what a query asks', () => {
  expect(source().getQueryDisplayText(query({ service: 'support' }))).toBe('Cost: service support');
  expect(source().getQueryDisplayText(query({ type: 'findings' }))).toBe('Findings: of all');
  expect(source().getQueryDisplayText(query({ type: 'promql', expr: 'up' }))).toBe('up');
});

it('starts with a query that needs no more words', () => {
  expect(source().getDefaultQuery()).toEqual({ type: 'primitives', service: '', primitive: '' });
});

it.each([
  ['models', 'models'],
  [{ query: 'primitives' }, 'primitives'],
  ['', 'services'],
  [{}, 'services'],
  ['a/b', 'a%2Fb'],
])('lists the choices of the variable %j as text and value', async (variable, name) => {
  expect(await source().metricFindQuery(variable)).toEqual(NAMES);
  expect(asked[0]).toMatchObject({
    method: 'GET',
    url: `/api/datasources/uid/airuntime/resources/api/variables/${name}`,
  });
});

it('lists only what is of the services that another variable names', async () => {
  await source().metricFindQuery({ query: 'primitives', service: '${service:pipe}' });
  await source().metricFindQuery({ query: 'primitives', service: '${primitive:pipe}' });

  expect(asked.map(({ params }) => params)).toEqual([{ service: 'support|billing' }, undefined]);
});
