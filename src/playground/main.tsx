import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './playground.css';
import { TABS } from './tabs.ts';

const fetcher = createGraphiQLFetcher({ url: window.location.pathname });
const plugins = [HISTORY_PLUGIN, explorerPlugin()];

/** GraphiQL forgets the first tab's variables on a first visit, unless they are also the initial ones. */
const firstVisit = window.localStorage.getItem('graphiql:tabState') === null;
const initial = firstVisit ? { initialVariables: TABS[0]?.variables ?? '' } : {};

const root = document.getElementById('playground');
if (root) {
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultTabs={TABS}
      {...initial}
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled
    >
      <GraphiQL.Logo>Promotions gateway</GraphiQL.Logo>
    </GraphiQL>,
  );
}
