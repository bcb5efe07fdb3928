import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { PatchRun, SuggestionDetail } from '../api/types';
import { previewApi } from '../preview/api';
import { FakeBackend, refusal } from '../testing/fakeBackend';
import { codeSuggestion, DIFF, patchRunWith, PROPOSED, suggestionWith } from '../testing/suggestion';
import { mayChange } from './roles';
import { SuggestionPage } from './SuggestionPage';

const TRY = 'move-patch';
const REVERT = 'move-patch/revert';

afterEach(() => {
  vi.useRealTimers();
});

function patched(run: PatchRun | null, part: Partial<SuggestionDetail> = {}): SuggestionDetail {
  return suggestionWith({ patch: { author: 'rule', text: DIFF, run }, ...part });
}

function open(suggestion: SuggestionDetail, orgRole = 'Editor') {
  const backend = new FakeBackend(suggestion);
  vi.stubGlobal('fetch', backend.fetch);
  render(<SuggestionPage api={previewApi} id="s-1" refusal={mayChange({ orgRole })} />);
  return backend;
}

const click = async (testId: string) => fireEvent.click(await screen.findByTestId(testId));
const confirm = () => fireEvent.click(screen.getByTestId('move-confirm'));

it('asks before the patch is tried, posts the revision that was read, and shows the run', async () => {
  const backend = open(patched(null, { revision: 5 }));
  backend.on('POST /suggestions/s-1/patch', () => ({ status: 200, body: patched(patchRunWith()) }));
  await click(TRY);

  expect(screen.getByRole('dialog').textContent).toContain('Nothing is merged.');
  expect(backend.changes()).toEqual([]);

  confirm();

  expect((await screen.findByTestId('patch-steps')).textContent).toContain('Planned (now)');
  expect(backend.changes()[0]).toMatchObject({ path: '/suggestions/s-1/patch', body: { revision: 5, reason: '' } });
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.queryByTestId(TRY)).toBeNull();
});

it('is all that there is to try where only the code is to be changed', async () => {
  open(codeSuggestion());

  expect((await screen.findByTestId('patch')).textContent).toContain('+ttl = 60');
  expect(screen.getByTestId(TRY).getAttribute('aria-disabled')).not.toBe('true');
  expect(screen.getByText('The code of page alone: see its patch below.')).toBeTruthy();
  expect(screen.queryByTestId('move-apply')).toBeNull();
  expect(screen.queryByTestId('diff')).toBeNull();
  expect(screen.getByTestId('move-dismiss')).toBeTruthy();
});

it('leads to the patch in the place of applying it', async () => {
  open(codeSuggestion());
  fireEvent.click(await screen.findByRole('button', { name: 'Open the patch' }));

  expect(document.activeElement?.textContent).toContain('Patch of your source');
});

it('leads to no patch where there is none', async () => {
  open(codeSuggestion({ patch: null }));

  expect(await screen.findByTestId('move-dismiss')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Open the patch' })).toBeNull();
});

it("says in the backend's words that no repository is configured", async () => {
  const told = 'no repository is configured for support: name it and its commands in the file of AIRUNTIME_PATCHES';
  const backend = open(patched(null));
  backend.on('POST /suggestions/s-1/patch', () => refusal(400, 'bad_request', told));
  await click(TRY);
  confirm();

  expect(await screen.findByText(told)).toBeTruthy();
  expect(screen.queryByTestId('patch-run')).toBeNull();
});

it('follows a run by itself', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const backend = open(patched(patchRunWith({ phase: 'checking' })));
  const steps = await screen.findByTestId('patch-steps');
  expect(steps.textContent).toContain('Checking (now)');

  backend.put(patched(patchRunWith({ phase: 'benching' })));
  vi.advanceTimersByTime(5000);
  vi.useRealTimers();

  await waitFor(() => expect(steps.textContent).toContain('Benching (now)'));
});

it('shows what was run, what the benchmark said, the branches and the pull request', async () => {
  open(patched(PROPOSED));
  const run = within(await screen.findByTestId('patch-run'));

  expect(run.getByText('Check: passed, 12.34 s')).toBeTruthy();
  expect(run.getByText('41 passed')).toBeTruthy();
  expect(run.getByText('Replay: same, 2 s')).toBeTruthy();
  expect(run.getByText('It printed nothing.')).toBeTruthy();
  expect(run.getByText('Confirmed')).toBeTruthy();
  expect(run.getByText('1.5 and 1.2, lower is better; 8 runs')).toBeTruthy();
  expect(run.getByText('-0.35 to -0.25')).toBeTruthy();
  expect(run.getByText('airuntime/s-1, onto main at aaaaaaaaaaaa')).toBeTruthy();
  expect(run.getByText('airuntime/revert-s-1')).toBeTruthy();
  expect(run.getByRole('link').getAttribute('href')).toBe('https://forge.example/shop/pull/7');
});

it('makes no link of a pull request whose address is not plain web', async () => {
  open(patched({ ...PROPOSED, url: 'javascript:alert(1)' }));

  expect(await screen.findByText('javascript:alert(1)')).toBeTruthy();
  expect(within(screen.getByTestId('patch-run')).queryByRole('link')).toBeNull();
});

it("reverts after a question, by the patch's own revision and with a reason", async () => {
  const backend = open(patched(PROPOSED));
  const reverted = patched({ ...PROPOSED, phase: 'reverted', revision: 7 });
  backend.on('POST /suggestions/s-1/patch/revert', () => ({ status: 200, body: reverted }));
  await click(REVERT);

  expect(screen.getByRole('dialog').textContent).toContain('its pull request is closed');

  fireEvent.change(screen.getByTestId('move-reason'), { target: { value: 'we wait' } });
  confirm();

  expect((await screen.findByTestId(TRY)).textContent).toBe('Try the patch again');
  expect(backend.changes()[0]).toMatchObject({
    path: '/suggestions/s-1/patch/revert',
    body: { revision: 6, reason: 'we wait' },
  });
  expect(screen.queryByTestId(REVERT)).toBeNull();
});

it('offers to ask the forge again where it did not take the pull request', async () => {
  const turn = {
    at: 1,
    who: 'airuntime',
    via: 'worker',
    before: 'branched',
    after: 'branched',
    why: 'the forge is away',
  };
  const history = [{ ...turn, action: 'patch_unproposed' }];
  open(patched({ ...PROPOSED, phase: 'branched', url: '' }, { history }));

  expect((await screen.findByTestId(TRY)).textContent).toBe('Open the pull request again');
});

it('lets somebody else approve what waits for that, at the revision that was read', async () => {
  const waiting = patchRunWith({ phase: 'waiting', why: 'somebody else than ada must approve it' });
  const backend = open(patched(waiting, { revision: 5 }));
  backend.on('POST /suggestions/s-1/patch', () => ({ status: 200, body: patched(patchRunWith()) }));

  expect((await screen.findByTestId('patch-steps')).textContent).toContain('Waiting (now)');
  expect(screen.getByText('somebody else than ada must approve it')).toBeTruthy();
  expect(screen.getByTestId(TRY).textContent).toBe('Approve the patch');
  expect(screen.getByTestId(REVERT)).toBeTruthy();

  await click(TRY);
  expect(screen.getByRole('dialog').textContent).toContain('ada asked for this patch.');
  confirm();

  expect((await screen.findByTestId('patch-steps')).textContent).toContain('Planned (now)');
  expect(backend.changes()[0]).toMatchObject({ path: '/suggestions/s-1/patch', body: { revision: 5, reason: '' } });
});

it('tries no patch of a suggestion that is applied', async () => {
  open(patched(null, { status: 'applied' }));

  expect((await screen.findByTestId(TRY)).getAttribute('aria-disabled')).toBe('true');
});

it('lets a viewer neither try nor revert', async () => {
  const backend = open(patched(PROPOSED), 'Viewer');
  await click(REVERT);

  expect(screen.queryByRole('dialog')).toBeNull();
  expect(backend.changes()).toEqual([]);
});
