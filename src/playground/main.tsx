import { createRoot } from 'react-dom/client';
import '@graphiql/react/setup-workers/vite';
import '@graphiql/react/font/roboto.css';
import '@graphiql/react/font/fira-code.css';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import './styles/colours.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/bars.css';
import './styles/panes.css';
import { Playground } from './Playground.tsx';

const root = document.getElementById('playground');
if (root) createRoot(root).render(<Playground />);
