import { useEffect, useRef } from 'react';

/**
 * Where the keyboard goes on when a question has closed and the button that asked it is off, or gone: to the buttons
 * that it stood among, and not to the top of the page.
 */
export function useKeptFocus(open: boolean) {
  const buttons = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (!open && moved.current) {
      moved.current = false;
      buttons.current?.focus();
    }
  }, [open]);
  const note = () => {
    moved.current = true;
  };
  return { buttons, note };
}
