import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, expect, vi } from 'vitest';

/** What browsers have and jsdom lacks; nothing here ever changes its size or matches, and all is in sight. */
const quiet = () => undefined;
const media = { addEventListener: quiet, removeEventListener: quiet, addListener: quiet, removeListener: quiet };
class Observer {
  observe = quiet;
  unobserve = quiet;
  disconnect = quiet;
}

class Sight extends Observer {
  constructor(private readonly tell: IntersectionObserverCallback) {
    super();
  }
  override observe = () => {
    this.tell([{ isIntersecting: true } as IntersectionObserverEntry], this as never);
    return undefined;
  };
}

Object.assign(window, {
  IS_REACT_ACT_ENVIRONMENT: true,
  matchMedia: (query: string) => ({ ...media, matches: false, media: query }),
  ResizeObserver: Observer,
  IntersectionObserver: Sight,
});

// Two busy cores are slow at times; what never comes is waited for a little longer.
configure({ asyncUtilTimeout: 10_000 });

const complaints: string[] = [];

beforeEach(() => {
  complaints.length = 0;
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => complaints.push(words.map(String).join(' ')));
  }
});

const hush = (event: ErrorEvent) => event.preventDefault();

/** Lets a test cause faults: React reports them to the window as well, though a boundary catches them. */
export function expectFaults(): void {
  window.addEventListener('error', hush);
}

afterEach(() => {
  cleanup();
  window.location.hash = '';
  window.removeEventListener('error', hush);
  expect(complaints, 'warnings are errors').toEqual([]);
});
