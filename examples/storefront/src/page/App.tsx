import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { linkedMember, type Member } from '../members/member.ts';
import { SignIn } from '../members/SignIn.tsx';
import { OffersPage } from '../offers/OffersPage.tsx';

/** Signed out, the chooser; signed in, the member's offers. Nothing of one member is kept for the next.
 * Focus follows to the heading of what is shown, except on the first load. */
export function App() {
  const client = useApolloClient();
  const [member, setMember] = useState<Member | undefined>(() => linkedMember(window.location.search));

  const shown = useRef(member);
  useEffect(() => {
    if (shown.current === member) return;
    shown.current = member;
    document.querySelector('h1')?.focus();
  }, [member]);

  function signIn(next: Member) {
    history.replaceState(null, '', next.slug === '' ? '.' : `?as=${next.slug}`);
    setMember(next);
  }

  async function signOut() {
    history.replaceState(null, '', '.');
    setMember(undefined);
    await client.clearStore();
  }

  return member === undefined ? <SignIn onSignIn={signIn} /> : <OffersPage member={member} onSignOut={signOut} />;
}
