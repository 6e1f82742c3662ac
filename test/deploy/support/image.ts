import { readFileSync } from 'node:fs';

/** The variables that the image sets. */
export function imageEnvironment(): Record<string, string> {
  const [, last = ''] = readFileSync('Dockerfile', 'utf8').split(/^FROM .*$(?![\s\S]*^FROM )/m);
  const env: Record<string, string> = {};
  for (const [, line = ''] of last.matchAll(/^ENV (.*)$/gm)) {
    for (const [, name = '', value = ''] of line.matchAll(/(\w+)=(\S+)/g)) env[name] = value;
  }
  return env;
}
