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

/** The PEM certificates in the file that a variable names, if it names one. @throws ConfigError as `certificatesIn` */
export function certificatesOf(variable: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const pem = fileOf(variable, path);
  certificatesIn(variable, pem);
  return pem;
}

/**
 * The certificates in the text of a file, in its order.
 * @throws ConfigError if there is none, or one that OpenSSL would leave out without a word
 */
export function certificatesIn(variable: string, pem: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [first = pem, ...rest] =
    pem.match(/^.*-----BEGIN CERTIFICATE-----[^-]*(-----END CERTIFICATE-----(?=\s*$))?/gm) ?? [];
  const certificateAt = (text: string, before: number) => {
    try {
      return new X509Certificate(text);
    } catch {
      const problem = before === 0 ? 'contains no PEM certificate' : `is damaged after its certificate ${before}`;
      throw new ConfigError(variable, `The file ${problem}.`, 'Set the path of a PEM file.');
    }
  };
  return [certificateAt(first, 0), ...rest.map((text, index) => certificateAt(text, index + 1))];
}
