import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach, expect, vi } from 'vitest';

/** What browsers have and jsdom lacks; nothing here ever observes or matches. */
const quiet = () => undefined;
const media = { addEventListener: quiet, removeEventListener: quiet, addListener: quiet, removeListener: quiet };
Object.assign(window, {
  IS_REACT_ACT_ENVIRONMENT: true,
  matchMedia: (query: string) => ({ ...media, matches: false, media: query }),
  ResizeObserver: class {
    observe = quiet;
    unobserve = quiet;
    disconnect = quiet;
  },
});

const complaints: string[] = [];

beforeEach(() => {
  complaints.length = 0;
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => complaints.push(words.map(String).join(' ')));
  }
});

/** What a test complains about on purpose. */
export function expectComplaint(part: string): void {
  expect(complaints.filter((one) => one.includes(part))).not.toEqual([]);
  complaints.length = 0;
}

afterEach(() => {
  cleanup();
  window.location.hash = '';
  expect(complaints, 'warnings are errors').toEqual([]);
});
