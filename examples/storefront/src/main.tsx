import '@fontsource-variable/figtree';
import '@fontsource-variable/fraunces';
import './page/page.css';
import './page/notice.css';
import './members/members.css';
import './offers/offers.css';
import './offers/voucher.css';
import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './api/client.ts';
import { App } from './page/App.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={createClient()}>
      <App />
    </ApolloProvider>
  </StrictMode>,
);
