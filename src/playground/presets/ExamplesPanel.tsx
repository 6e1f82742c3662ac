import { pick, UnStyledButton, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { FACTS } from '../facts.ts';
import type { LinkedQuery } from '../run/link.ts';
import { type Preset, presetsFor } from './presets.ts';

/** Queries to start from. A click opens one in a new tab, or in the open one if that is empty. */
export function ExamplesPanel() {
  const openQuery = useOpenQuery();
  const { setVisiblePlugin } = useGraphiQLActions();
  const choose = (preset: Preset) => {
    openQuery?.(preset);
    // On a phone, the panel covers the query.
    if (isPhone()) setVisiblePlugin(null);
  };
  return (
    <section className="panel">
      <h2>Examples</h2>
      {presetsFor(FACTS).map((preset) => (
        <p key={preset.title}>
          <UnStyledButton disabled={openQuery === undefined} onClick={() => choose(preset)}>
            {preset.title}
          </UnStyledButton>
          <br />
          {preset.about}
        </p>
      ))}
    </section>
  );
}

/** Whether the page has a phone's layout, which shows either a panel or the query. */
export const isPhone = () => window.innerWidth < 720;

/** Opens a query in a new tab, or in the open one if that is empty. Undefined until the editors are loaded. */
export function useOpenQuery(): ((opened: LinkedQuery) => void) | undefined {
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const { addTab } = useGraphiQLActions();
  if (!queryEditor || !variableEditor) return undefined;
  return ({ query, variables }) => {
    if (queryEditor.getValue().trim()) addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
  };
}
