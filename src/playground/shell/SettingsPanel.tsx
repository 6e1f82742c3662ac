import { type Theme, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { storage } from '../storage.ts';

const THEMES: readonly (readonly [string, Theme])[] = [
  ['System', null],
  ['Light', 'light'],
  ['Dark', 'dark'],
];

/** The theme, and a button that clears what the browser has stored. */
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
        <p>Queries, variables and history are stored in this browser. Headers and responses are not.</p>
        <button type="button" className="graphiql-button" onClick={startOver}>
          Clear queries and history
        </button>
      </fieldset>
    </form>
  );
}

/** Makes the page as on a first visit. The credentials stay. */
function startOver(): void {
  storage.clear();
  window.location.reload();
}
