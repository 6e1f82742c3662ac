import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The project's folder, with `package.json`, `schema/` and `dist/`: the same for the sources and for the bundle in `dist/`. */
export const PROJECT_FOLDER = new URL('.', pathToFileURL(findPackageJSON(import.meta.url) ?? ''));
