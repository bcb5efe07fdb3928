import type { DataSourceInstanceSettings } from '@grafana/data';
import {
  type BackendSrv,
  type BackendSrvRequest,
  setBackendSrv,
  setTemplateSrv,
  type TemplateSrv,
} from '@grafana/runtime';
import { fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { of, throwError } from 'rxjs';
import { beforeEach, expect, it, vi } from 'vitest';
import { DATASOURCE_ID, QUERY_TYPES } from '../ids';
import { FakeTemplates } from '../testing/fakeTemplates';
import { RuntimeDataSource } from './datasource';
import { QueryEditor } from './QueryEditor';
import { FORMS, turnedInto } from './queryForms';
import type { RuntimeQuery, VariableQuery } from './types';
import { VariableEditor } from './VariableEditor';

const SETTINGS = { id: 1, uid: 'airuntime', type: DATASOURCE_ID, name: 'AI Runtime', jsonData: {}, meta: {} };
const ANSWERS: Record<string, unknown> = {
  services: [{ text: 'billing', value: 'billing' }],
  primitives: [{ text: 'route', value: 'route' }],
  models: [{ text: 'small', value: 'small' }],
  suggestions: { suggestions: [{ id: 's-1', title: 'Keep answers longer', status: 'open' }] },
};

let asked: BackendSrvRequest[];
let down: boolean;

/** Grafana's part: it hands what is asked of the data source's resources to the plugin's backend. */
beforeEach(() => {
  asked = [];
  down = false;
  const fetch = (request: BackendSrvRequest) => {
    asked.push(request);
    const data = ANSWERS[request.url.split('/').at(-1) ?? ''];
    return down ? throwError(() => new Error('the backend does not answer')) : of({ data, ok: true, status: 200 });
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
  setTemplateSrv(new FakeTemplates({ service: ['support'] }) as TemplateSrv);
});

const datasource = () => new RuntimeDataSource(SETTINGS as unknown as DataSourceInstanceSettings);
const query = (part: Partial<RuntimeQuery>): RuntimeQuery => ({ refId: 'A', type: 'primitives', ...part });

function open(first: RuntimeQuery) {
  const source = datasource();
  const run = vi.fn();
  const asks = { now: first };
  function Held() {
    const [held, hold] = useState(first);
    asks.now = held;
    return <QueryEditor datasource={source} query={held} onChange={hold} onRunQuery={run} />;
  }
  render(<Held />);
  return { run, asks };
}

/** Opens a choice as a person with a keyboard does. */
const unfold = (label: string) => fireEvent.keyDown(screen.getByLabelText(label), { key: 'ArrowDown' });

it('has a form for each type of query, and asks for nothing that the type does not read', () => {
  expect(Object.keys(FORMS).sort()).toEqual([...QUERY_TYPES, 'annotations'].sort());

  open(query({ type: 'cost' }));

  expect(screen.getByLabelText('Service')).toBeTruthy();
  expect(screen.getByLabelText('Model')).toBeTruthy();
  expect(screen.queryByLabelText('Primitive')).toBeNull();
  expect(screen.queryByLabelText('Expression')).toBeNull();
});

it.each([
  ['Service', 'billing', { service: 'billing' }, undefined],
  ['Primitive', 'route', { primitive: 'route' }, { service: 'support' }],
])('completes the field %s from the backend, and asks with what was picked', async (label, name, part, params) => {
  const first = query({ service: label === 'Primitive' ? 'support' : '' });
  const { run, asks } = open(first);
  unfold(label);
  fireEvent.click(await screen.findByText(name));

  expect(asks.now).toEqual({ ...first, ...part });
  expect(run).toHaveBeenCalledTimes(1);
  expect(asked[0]?.params).toEqual(params);
});

it('completes models and suggestions too', async () => {
  open(query({ type: 'cost' }));
  unfold('Model');

  expect(await screen.findByText('small')).toBeTruthy();

  const { asks } = open(query({ type: 'evidence' }));
  unfold('Suggestion');
  fireEvent.click(await screen.findByText('Keep answers longer'));

  expect(asks.now.suggestion).toBe('s-1');
});

it('keeps a name that the backend does not know, and takes names off one by one', () => {
  const { asks } = open(query({ service: 'gone|${service:pipe}' }));
  fireEvent.click(screen.getAllByLabelText('Remove')[0] as HTMLElement);

  expect(asks.now.service).toBe('${service:pipe}');
});

it('says why there are no names, and the query can be written all the same', async () => {
  down = true;
  open(query({}));
  unfold('Service');

  expect(await screen.findByText('the backend does not answer')).toBeTruthy();
});

it('runs PromQL when it is left, not at each letter', () => {
  const { run, asks } = open(query({ type: 'promql', expr: 'up' }));
  const expression = screen.getByLabelText('Expression');
  fireEvent.change(expression, { target: { value: 'up == 1' } });

  expect(asks.now.expr).toBe('up == 1');
  expect(run).not.toHaveBeenCalled();

  fireEvent.keyDown(expression, { key: 'Enter', shiftKey: true });

  expect(run).toHaveBeenCalledTimes(1);
});

it('turns a query into another type with something to ask, and keeps the names that both take', () => {
  const before = query({ service: 'support', primitive: 'route' });

  expect(turnedInto(before, 'cost')).toEqual({ refId: 'A', type: 'cost', service: 'support', model: '' });
  expect(turnedInto(before, 'evidence')).toEqual({ refId: 'A', type: 'evidence', suggestion: '' });
  expect(turnedInto(before, 'promql').expr).toContain('airuntime_executions_total');
  expect(turnedInto(query({ type: 'promql', expr: 'up' }), 'cache')).toEqual({
    refId: 'A',
    type: 'cache',
    service: '',
    primitive: '',
  });
});

it('lets a variable list the primitives of some services', async () => {
  const onChange = vi.fn();
  const editor = (held: VariableQuery) => <VariableEditor datasource={datasource()} query={held} onChange={onChange} />;
  const { rerender } = render(editor('services'));

  expect(screen.queryByLabelText('Service')).toBeNull();

  unfold('List');
  fireEvent.click(await screen.findByText('Primitives'));

  expect(onChange).toHaveBeenLastCalledWith({ query: 'primitives', service: '' }, 'primitives');

  rerender(editor({ query: 'primitives' }));
  unfold('Service');
  fireEvent.click(await screen.findByText('billing'));

  expect(onChange).toHaveBeenLastCalledWith({ query: 'primitives', service: 'billing' }, 'primitives of billing');
});
