import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Without start.ts, the gateway is expected at its default port; start.ts names the one that it started. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), lateFontsAreLeftOut()],
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000' } },
});

/** Text that is shown keeps its font: one that comes later would move what is being read. The next visit has it. */
function lateFontsAreLeftOut(): Plugin {
  return {
    name: 'late-fonts-are-left-out',
    enforce: 'pre',
    transform: {
      filter: { id: /@fontsource.*\.css$/ },
      handler: (css) => css.replaceAll('font-display: swap', 'font-display: optional'),
    },
  };
}
