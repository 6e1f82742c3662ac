import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { forgetIdentifier, memberNamed } from '../members/member.ts';
import { SignIn } from '../members/SignIn.tsx';
import { OffersPage } from '../offers/OffersPage.tsx';
import { statusNamed } from '../offers/StatusFilter.tsx';
import { go, useParameters } from './route.ts';

/**
 * Shows the sign-in, or the offers of a signed-in member: `?as=some&show=ended`.
 * Focus moves to the heading of each view, except on the first load.
 */
export function App() {
  const client = useApolloClient();
  const parameters = useParameters();
  const as = parameters.get('as') ?? undefined;
  const show = parameters.get('show') ?? undefined;
  const member = memberNamed(as);

  const view = member?.key;
  const shown = useRef(view);
  useEffect(() => {
    if (shown.current === view) return;
    shown.current = view;
    // The browser restores the scroll position of a view.
    document.querySelector('h1')?.focus({ preventScroll: true });
  }, [view]);

  /** Clears everything that was fetched for one member before the next signs in. */
  async function change(next?: string) {
    await client.clearStore();
    go({ as: next });
    window.scrollTo(0, 0);
  }

  if (member === undefined) return <SignIn onSignIn={change} />;
  return (
    <OffersPage
      key={member.key}
      member={member}
      status={statusNamed(show)}
      onFilter={(name) => go({ as, show: name })}
      onBack={() => go({})}
      onSwitch={() => {
        forgetIdentifier();
        return change();
      }}
    />
  );
}
