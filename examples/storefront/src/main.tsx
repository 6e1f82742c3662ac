import '@fontsource-variable/figtree';
import '@fontsource-variable/fraunces';
import './page/page.css';
import './offers/offers.css';
import { ApolloProvider, useApolloClient } from '@apollo/client/react';
import { StrictMode, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './api/client.ts';
import { OffersPage } from './offers/OffersPage.tsx';
import { memberNamed } from './page/members.ts';
import { go, useParameters } from './page/route.ts';
import { SignIn } from './page/SignIn.tsx';

/**
 * Shows the sign-in, or the offers of a signed-in member: `?as=some&show=ended`.
 * Focus moves to the heading of each view, except on the first load.
 */
function App() {
  const client = useApolloClient();
  const { as, show } = useParameters();
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
  const onShow = (name: string | undefined) => go({ as, show: name });
  return <OffersPage key={view} member={member} show={show} onShow={onShow} onSwitch={() => change()} />;
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={createClient()}>
      <App />
    </ApolloProvider>
  </StrictMode>,
);
