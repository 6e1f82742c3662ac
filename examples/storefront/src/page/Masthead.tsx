import type { ReactNode } from 'react';

/** The shop's name, and other content at the end of the line. */
export function Masthead({ children }: { readonly children?: ReactNode }) {
  return (
    <header className="masthead">
      <p className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M5 27C2 12 12 4 28 4c0 15-7 25-23 23Zm0 0C9 19 14 14 20 11" />
        </svg>
        Fernhill <span>Members</span>
      </p>
      {children}
    </header>
  );
}
