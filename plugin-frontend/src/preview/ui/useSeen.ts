import { useEffect, useRef, useState } from 'react';

/** How near to the window something counts as seen, so that it is there when it is scrolled to. */
const NEAR = '100px 0px';

/** Whether a box has ever been in sight, or nearly: as in Grafana, what nobody has looked at asks nothing. */
export function useSeen() {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || seen) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);
  return { box, seen };
}
