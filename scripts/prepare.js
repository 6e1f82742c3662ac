// npm runs this after an installation: it builds the playground, unless Vite is missing because development dependencies are
// left out. JavaScript, so that an old Node gets as far as `npm start`, which says which version it needs.
const vite = await import('vite').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
});
await vite?.build({ configFile: 'src/playground/vite.config.ts' });
