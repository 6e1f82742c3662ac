import { formatShortcutForOS, KEY_MAP, pick, useGraphiQL } from '@graphiql/react';
import { FACTS } from '../facts.ts';
import { nameOf, type Preset, presetsFor } from '../presets/presets.ts';

/** What to do in an empty tab. */
export function EmptyHint() {
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor'),
  );
  if ((tabs[activeTabIndex]?.query ?? '').trim() !== '') return null;
  const start = ({ query, variables = '' }: Preset) => {
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    queryEditor?.focus();
  };
  return (
    <div className="empty-hint">
      <p>
        Type a query here. Ctrl-Space suggests what may come next. {formatShortcutForOS(KEY_MAP.runQuery.key, 'Cmd')}{' '}
        runs the query.
      </p>
      <p>Or start from one of these:</p>
      <ul>
        {presetsFor(FACTS).map((preset) => (
          <li key={nameOf(preset)}>
            <button type="button" onClick={() => start(preset)}>
              {nameOf(preset)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
