import { createRoot } from 'react-dom/client';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './playground.css';
import { Playground } from './Playground.tsx';

const root = document.getElementById('playground');
if (root) createRoot(root).render(<Playground />);
