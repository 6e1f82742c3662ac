import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { type GraphiQLPlugin, SettingsIcon } from '@graphiql/react';
import { CredentialsPanel } from '../credentials/CredentialsPanel.tsx';
import { FieldsIcon, KeyIcon } from './icons.tsx';
import { SettingsPanel } from './SettingsPanel.tsx';

export const CREDENTIALS: GraphiQLPlugin = { title: 'Credentials', icon: KeyIcon, content: CredentialsPanel };
export const DOCS: GraphiQLPlugin = { ...DOC_EXPLORER_PLUGIN, title: 'Docs' };
const EXPLORER: GraphiQLPlugin = { ...explorerPlugin(), title: 'Explorer', icon: FieldsIcon };
const HISTORY: GraphiQLPlugin = { ...HISTORY_PLUGIN, title: 'History' };
const SETTINGS: GraphiQLPlugin = { title: 'Settings', icon: SettingsIcon, content: SettingsPanel };

/** The side panels, in the order of their buttons. */
export const PANELS: GraphiQLPlugin[] = [CREDENTIALS, DOCS, EXPLORER, HISTORY, SETTINGS];
