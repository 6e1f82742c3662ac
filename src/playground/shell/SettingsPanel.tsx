import { type Theme, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { storage } from '../storage.ts';

const THEMES: readonly (readonly [string, Theme])[] = [
  ['As the system has it', null],
  ['Light', 'light'],
  ['Dark', 'dark'],
];

/** The theme, and the way back to a first visit. */
export function SettingsPanel() {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  return (
    <form className="form">
      <h2>Settings</h2>
      <fieldset>
        <legend>Theme</legend>
        {THEMES.map(([label, value]) => (
          <label key={label} className="choice">
            <input type="radio" name="theme" checked={theme === value} onChange={() => setTheme(value)} />
            {label}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Start over</legend>
        <p>Queries, variables and history are kept in this browser. Headers and answers never are.</p>
        <button type="button" className="graphiql-button" onClick={startOver}>
          Forget queries and history
        </button>
      </fieldset>
    </form>
  );
}

/** As on a first visit; the credentials stay. */
function startOver(): void {
  storage.clear();
  window.location.reload();
}
