import { readFileSync } from 'node:fs';
import { PROJECT_FOLDER } from '../model/projectFolder.ts';

const PACKAGE = new URL('package.json', PROJECT_FOLDER);

/** The version of this gateway, as package.json has it. */
export const VERSION: string = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
