import { readFileSync } from 'node:fs';

/** The last stage of the Dockerfile, with each instruction on one line. */
const STAGE = readFileSync('Dockerfile', 'utf8')
  .replaceAll('\\\n', ' ')
  .split(/^FROM .*$/m)
  .at(-1)
  ?.split('\n') as string[];

/** The arguments of each instruction of this name. */
export function instructions(name: string): string[] {
  return STAGE.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());
}

function pairs(name: string): Record<string, string> {
  const found = instructions(name).flatMap((line) => [...line.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)]);
  return Object.fromEntries(found.map(([, key = '', quoted, bare]) => [key, quoted ?? bare ?? '']));
}

/** The variables that the image sets. */
export const imageEnvironment = (): Record<string, string> => pairs('ENV');
export const imageLabels = (): Record<string, string> => pairs('LABEL');
export const imageArguments = (): Record<string, string> => pairs('ARG');
