import { type AnchorHTMLAttributes, forwardRef } from 'react';

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
}

/** Stands in for the router's `Link`: the preview's pages are told apart by what stands behind the `#`. */
export const Link = forwardRef<HTMLAnchorElement, Props>(function Link({ to, children, ...rest }, ref) {
  return (
    <a ref={ref} href={to} {...rest}>
      {children}
    </a>
  );
});
