import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from './configError.ts';

/** The text of the file that a variable names. @throws ConfigError if it cannot be read */
export function fileOf(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Anything else may be the secret or the key itself, by mistake.
    const named = /^(\/[\w.-]+)+$/.test(path) ? ` ${path}` : '';
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      variable,
      `The file${named} cannot be read (${code}).`,
      'Set the path of a file that the gateway can read.',
    );
  }
}

/** The PEM certificates in the file that a variable names, if it names one. @throws ConfigError if there is none in it */
export function certificatesOf(variable: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const pem = fileOf(variable, path);
  certificateIn(variable, pem);
  return pem;
}

/** The first certificate in the text of a file. @throws ConfigError if there is none */
export function certificateIn(variable: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ConfigError(variable, 'The file contains no PEM certificate.', 'Set the path of a PEM file.');
  }
}
