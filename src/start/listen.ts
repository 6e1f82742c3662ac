import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../config/configError.ts';

/**
 * Listens on the address of the settings.
 * @param variable the setting that names the port
 * @throws ConfigError if the address cannot be used
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  variable: 'PORT' | 'METRICS_PORT',
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw refusalOf((error as NodeJS.ErrnoException).code, variable, port) ?? error;
  }
}

function refusalOf(code: string | undefined, variable: string, port: number): ConfigError | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigError(variable, `Another program uses port ${port}.`, `Set ${variable} to a free port.`);
    case 'EACCES':
      return new ConfigError(
        variable,
        `This user is not allowed to listen on port ${port}.`,
        `Set ${variable} to 1024 or above.`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(
        'HOST',
        'This machine does not have this address.',
        'Set HOST to 127.0.0.1, 0.0.0.0 or one of its addresses.',
      );
    default:
      return undefined;
  }
}
