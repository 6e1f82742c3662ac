import { useEffect, useSyncExternalStore } from 'react';

type Parameters = { readonly [name in 'as' | 'show']?: string | undefined };

/** The parameters of the page's address. Only they decide what the page shows, so Back, Forward, reload and bookmarks work. */
export function useParameters(): Parameters {
  return Object.fromEntries(new URLSearchParams(useSyncExternalStore(onNavigation, () => window.location.search)));
}

/** Opens a view of this page. Parameters without a value are left out of its address. */
export function go(parameters: Parameters): void {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  history.pushState(null, '', `${window.location.pathname}?${new URLSearchParams(given)}`.replace(/\?$/, ''));
  // The browser fires it for Back and Forward only.
  window.dispatchEvent(new PopStateEvent('popstate'));
}

function onNavigation(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  return () => window.removeEventListener('popstate', changed);
}

/** Names the view in the browser's tab and history. */
export function useTitle(view: string): void {
  useEffect(() => {
    document.title = `${view} · Fernhill Members`;
  }, [view]);
}
