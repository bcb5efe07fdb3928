import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { renderOnBoard, scopeOf } from '../../testing/board';
import { FakeBackend } from '../../testing/fakeBackend';
import { expectFaults } from '../../testing/setup';
import type { Panel } from '../model/dashboard';
import { Grid } from './Grid';

const text = (id: number, y: number, part: Partial<Panel> = {}): Panel => ({
  id,
  type: 'text',
  title: `Panel ${id}`,
  gridPos: { x: 0, y, w: 12, h: 4 },
  options: { content: `words of ${id}`, mode: 'markdown' },
  ...part,
});
const row = (id: number, y: number, title: string, part: Partial<Panel> = {}): Panel => ({
  ...text(id, y, part),
  type: 'row',
  title,
  gridPos: { x: 0, y, w: 24, h: 1 },
});

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  vi.stubGlobal('fetch', new FakeBackend().fetch);
});

it('folds and opens rows, whose titles know the variables', async () => {
  renderOnBoard(<Grid panels={[row(1, 0, 'Spend of $service'), text(2, 1), text(3, 5)]} />, {
    scope: scopeOf({ service: ['support'] }),
  });
  const title = await screen.findByRole('button', { name: 'Spend of support' });

  expect(title.getAttribute('aria-expanded')).toBe('true');
  expect(screen.getByText('words of 2')).toBeTruthy();

  fireEvent.click(title);

  expect(title.getAttribute('aria-expanded')).toBe('false');
  expect(screen.queryByText('words of 2')).toBeNull();
});

it('leaves a row folded that was saved folded', async () => {
  renderOnBoard(<Grid panels={[row(1, 0, 'Details', { collapsed: true, panels: [text(2, 1)] })]} />);

  fireEvent.click(await screen.findByRole('button', { name: 'Details' }));

  expect(await screen.findByText('words of 2')).toBeTruthy();
});

it('keeps a panel whose JSON is at fault from taking the others with it', async () => {
  expectFaults();
  const targets = [{ refId: 'A', type: 'cost' as const }];
  renderOnBoard(<Grid panels={[text(1, 0, { interval: 'now and then', targets }), text(2, 4)]} />);

  await waitFor(() => expect(screen.getByTestId('panel-1').dataset.state).toBe('error'));
  expect(screen.getByText(/^This panel could not be drawn: Invalid interval string/)).toBeTruthy();
  expect(screen.getByText('words of 2')).toBeTruthy();
});

it('asks nothing for a panel that nobody has seen, until it is scrolled to', async () => {
  const watchers = new Map<Element, () => void>();
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(private readonly tell: (entries: object[]) => void) {}
      observe = (element: Element) => watchers.set(element, () => this.tell([{ isIntersecting: true }]));
      disconnect = () => undefined;
    },
  );
  const backend = new FakeBackend();
  vi.stubGlobal('fetch', backend.fetch);
  renderOnBoard(<Grid panels={[text(1, 0, { type: 'stat', targets: [{ refId: 'A', type: 'cost' }] })]} />);
  const panel = await screen.findByTestId('panel-1');

  expect(panel.dataset.state).toBe('asleep');
  expect(backend.posts()).toEqual([]);

  act(() => watchers.get(panel)?.());

  await waitFor(() => expect(backend.posts()).toHaveLength(1));
});
