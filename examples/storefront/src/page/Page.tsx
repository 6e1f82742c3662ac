import type { ReactNode } from 'react';

type PageProps = { readonly onSwitch?: () => void; readonly children: ReactNode };

/** The shop's page: its name, a button to switch the member if there is one, and the view. */
export function Page({ onSwitch, children }: PageProps) {
  return (
    <>
      <header className="masthead">
        <p className="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M5 27C2 12 12 4 28 4c0 15-7 25-23 23Zm0 0C9 19 14 14 20 11" />
          </svg>
          Fernhill <span>Members</span>
        </p>
        {onSwitch && (
          <button type="button" className="button quiet" onClick={onSwitch}>
            Switch member
          </button>
        )}
      </header>
      <main>{children}</main>
      <footer>Fernhill is an example shop. Its offers come from the gateway’s sandbox.</footer>
    </>
  );
}
