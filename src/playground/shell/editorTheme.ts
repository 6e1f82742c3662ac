import { useMonaco } from '@graphiql/react';
import { useMemo } from 'react';

/** The editors' themes: GraphiQL's light one, and a dark one with readable comments, which GraphiQL's own does not have. */
export const EDITOR_THEME = { dark: 'playground-dark', light: 'graphiql-LIGHT' };

const GROUND = '#212a3b';
const ACCENT = '#ff5794';
const CHOSEN = '#ff579419';

/** Whether the editors can be shown: they are loaded and their themes are defined. */
export function useEditors(): boolean {
  const monaco = useMonaco((state) => state.monaco);
  return useMemo(() => {
    if (monaco === undefined) return false;
    monaco.editor.defineTheme(EDITOR_THEME.dark, {
      base: 'vs-dark',
      inherit: true,
      rules: [
        { token: 'comment', foreground: '#8fbf7a' },
        { token: 'argument.identifier.gql', foreground: '#a9a5ff' },
      ],
      colors: {
        'editor.background': '#ffffff00',
        'scrollbar.shadow': '#ffffff00',
        'textLink.foreground': ACCENT,
        'editorHoverWidget.background': GROUND,
        'editorSuggestWidget.background': GROUND,
        'editorSuggestWidget.selectedBackground': CHOSEN,
        'editorSuggestWidget.selectedForeground': ACCENT,
        'editorWidget.background': GROUND,
        'list.highlightForeground': ACCENT,
        'list.focusHighlightForeground': ACCENT,
        'list.hoverBackground': CHOSEN,
        'menu.background': GROUND,
        'menu.selectionBackground': CHOSEN,
        'menu.selectionForeground': ACCENT,
        focusBorder: ACCENT,
      },
    });
    return true;
  }, [monaco]);
}
