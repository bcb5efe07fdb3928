import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTurn } from './useTurn';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const turning = (interval: string) => renderHook(() => useTurn(interval));
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const hide = (hidden: boolean) => vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);

it('grows with each interval', () => {
  const { result } = turning('5s');
  pass(14_999);

  expect(result.current.turn).toBe(2);
});

it.each(['', 'banana'])('without an interval ("%s") grows only by hand', (interval) => {
  const { result } = turning(interval);
  pass(3_600_000);

  expect(result.current.turn).toBe(0);

  act(() => result.current.refresh());

  expect(result.current.turn).toBe(1);
});

it('rests while nobody sees the page, and catches up at once when someone does', () => {
  const { result } = turning('5s');
  hide(true);
  pass(60_000);

  expect(result.current.turn).toBe(0);

  hide(false);
  act(() => void document.dispatchEvent(new Event('visibilitychange')));

  expect(result.current.turn).toBe(1);
});

it('stops with its page', () => {
  const { unmount } = turning('5s');
  unmount();

  expect(vi.getTimerCount()).toBe(0);
});
