import { ConfigError } from './configError.ts';
import { fileOf } from './files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment, in which each of these variables may come from the file that `<name>_FILE` names, since container
 * platforms mount secrets as files. Line breaks at the end of the file and a byte order mark are ignored.
 * @throws ConfigError if both are set, or if the file is empty or cannot be read.
 */
export function withSecretFiles(env: Environment, names: readonly string[]): Environment {
  const result: Record<string, string | undefined> = { ...env };
  for (const name of names) {
    const variable = `${name}_FILE`;
    const path = env[variable];
    if (path === undefined || path === '') continue;
    if (env[name] !== undefined && env[name] !== '') {
      throw new ConfigError(variable, `${name} is also set.`, 'Set only one of the two.');
    }
    result[name] = readSecret(variable, path);
  }
  return result;
}

function readSecret(variable: string, path: string): string {
  const secret = fileOf(variable, path)
    .replace(/^\ufeff/, '')
    .replace(/[\r\n]+$/, '');
  if (secret === '') throw new ConfigError(variable, `The file ${path} is empty.`, 'Write the secret into it.');
  return secret;
}
