import { forwardRef, type SVGProps, useEffect } from 'react';
import { ICONS } from './icons';

interface Props extends Omit<SVGProps<SVGSVGElement>, 'onLoad' | 'onError' | 'ref'> {
  src: string;
  onLoad?: () => void;
  title?: string | null;
  loader?: unknown;
  cacheRequests?: unknown;
  innerRef?: unknown;
  preProcessor?: unknown;
  onError?: unknown;
}

const FALLBACK = ['M12 3a9 9 0 1 0 .01 0'];

/** Stands in for `react-inlinesvg`: icons come from this bundle instead of from Grafana's server. */
const Svg = forwardRef<SVGSVGElement, Props>(function Svg(
  {
    src,
    onLoad,
    title,
    loader: _loader,
    cacheRequests: _cache,
    innerRef: _inner,
    preProcessor: _pre,
    onError: _error,
    ...rest
  },
  ref,
) {
  const name = src.split('/').at(-1)?.replace('.svg', '') ?? '';
  useEffect(() => onLoad?.(), [onLoad, name]);
  return (
    <svg ref={ref} viewBox="0 0 24 24" {...rest}>
      {title && <title>{title}</title>}
      {(ICONS[name] ?? FALLBACK).map((path) => (
        <path
          key={path}
          d={path}
          fill="none"
          stroke="currentColor"
          strokeWidth={2}
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      ))}
    </svg>
  );
});

export default Svg;
