import type { SVGProps } from 'react';

/** Icons in GraphiQL's style, for what it has no icon for. */
function icon(path: string) {
  return (props: SVGProps<SVGSVGElement>) => (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true" {...props}>
      <path d={path} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export const KeyIcon = icon('M9 11l8-8M14 6l2.5 2.5M11.5 8.5l2 2M10 13.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0');
export const LinkIcon = icon('M8 12l4-4M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2');
export const ListIcon = icon('M3 5.5h1.5M3 10h1.5M3 14.5h1.5M8 5.5h9M8 10h9M8 14.5h9');
