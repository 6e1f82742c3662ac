import {
  HeaderEditor,
  KEY_MAP,
  PrettifyIcon,
  pick,
  QueryEditor,
  Spinner,
  useGraphiQL,
  useGraphiQLActions,
  VariableEditor,
} from '@graphiql/react';
import { useState } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { linkTo } from '../run/link.ts';
import { useSession } from '../session.ts';
import { storage } from '../storage.ts';
import { EmptyHint } from './EmptyHint.tsx';
import { useEditors } from './editorTheme.ts';
import { LinkIcon } from './icons.tsx';
import { RunButton } from './RunButton.tsx';

/** The query with its variables and headers, and the buttons that run, format and share it. */
export function QueryPane() {
  const hasEditors = useEditors();
  const { prettifyEditors } = useGraphiQLActions();
  const copyLink = useCopyLink();
  const layout = useDefaultLayout({ id: 'rows', panelIds: ['operation', 'tools'], storage });
  return (
    <section aria-label="Query" className="pane">
      <div className="pane-head">
        <RunButton />
        <button type="button" title={`Prettify (${KEY_MAP.prettify.key})`} onClick={prettifyEditors}>
          <PrettifyIcon aria-hidden="true" /> <span>Prettify</span>
        </button>
        <button type="button" title="Copy a link that opens the playground with this query" onClick={copyLink}>
          <LinkIcon /> <span>Copy link</span>
        </button>
      </div>
      <Group className="rows" orientation="vertical" {...layout}>
        <Panel id="operation" defaultSize="75%" minSize="80px" className="operation">
          {hasEditors ? <QueryEditor /> : <Spinner />}
          {hasEditors && <EmptyHint />}
        </Panel>
        <Separator className="separator" aria-label="Height of the query" />
        <Panel id="tools" minSize="40px">
          <Tools />
        </Panel>
      </Group>
    </section>
  );
}

/** The variables or the headers. */
function Tools() {
  const [shown, show] = useState<'variables' | 'headers'>('variables');
  return (
    <div className="tools">
      <div className="tool-names">
        {(['variables', 'headers'] as const).map((tool) => (
          <button key={tool} type="button" aria-pressed={tool === shown} onClick={() => show(tool)}>
            {tool === 'variables' ? 'Variables' : 'Headers'}
          </button>
        ))}
        {shown === 'headers' && <span className="hint">Only for this tab, never stored</span>}
      </div>
      <div className="tool">
        <VariableEditor className={shown === 'variables' ? '' : 'hidden'} />
        <HeaderEditor className={shown === 'headers' ? '' : 'hidden'} />
      </div>
    </div>
  );
}

/** Copies a link to the query. If the page is not allowed to copy, the address bar shows the link. */
function useCopyLink(): () => Promise<void> {
  const { say } = useSession();
  const { queryEditor, variableEditor, operations, operationName } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'operations', 'operationName'),
  );
  return async () => {
    const several = (operations?.length ?? 0) > 1;
    const link = linkTo(window.location.href, {
      query: queryEditor?.getValue() ?? '',
      variables: variableEditor?.getValue() ?? '',
      operationName: several ? operationName : undefined,
    });
    if (link === undefined) return say({ text: 'This query is too long for a link.', problem: 'other' });
    try {
      await navigator.clipboard.writeText(link);
      say({ text: 'Link copied. It holds the query and its variables, but no credentials.' });
    } catch {
      window.history.replaceState(null, '', link);
      say({ text: 'The link is in the address bar. It holds the query and its variables, but no credentials.' });
    }
  };
}
