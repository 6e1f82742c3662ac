import { type Config, parseConfig } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { createLogger } from '../telemetry/logger.ts';
import { describeStart } from './banner.ts';
import { startGateway } from './gateway.ts';
import { watchSettingFiles } from './settingFiles.ts';
import { endOnSignal } from './shutdown.ts';

/** Ends the start with one line where the configuration cannot be used or nothing can be served at its address. */
function giveUp(error: unknown): never {
  console.error(error instanceof ConfigError ? error.message : (listeningMistake(error) ?? error));
  process.exit(1);
}

function listeningMistake(error: unknown): string | undefined {
  const { code, port } = error as { code?: string; port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `PORT: ${port} is taken by another program. Set PORT to a free one.`;
    case 'EACCES':
      return `PORT: this user may not serve at ${port}. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'HOST: this machine has no such address. Set HOST to 127.0.0.1, to 0.0.0.0, or to an address of its own.';
    default:
      return undefined;
  }
}

/** Loaded where it is wanted alone: the real upstream's gateway starts without it. */
async function startEmbeddedSandbox({ sandboxRefusesLimitZero: refusesLimitZero }: Config) {
  const { startSandbox } = await import('../sandbox/server.ts');
  return startSandbox({ refusesLimitZero });
}

async function start(config: Config) {
  const format = config.log.format ?? (process.stdout.isTTY ? 'pretty' : 'json');
  const logger = createLogger(config.log.level, format);
  const sandbox = config.upstreamUrl === undefined ? await startEmbeddedSandbox(config) : undefined;
  const upstream = { url: config.upstreamUrl ?? sandbox?.url ?? '', sandbox: sandbox !== undefined };
  const gateway = await startGateway(config, upstream, logger);

  endOnSignal(config, {
    drain: gateway.drain,
    async close() {
      await gateway.close();
      await sandbox?.close();
      logger.flush();
    },
  });
  watchSettingFiles(process.env, gateway.renew, logger);
  console.log(describeStart(config, gateway.url, upstream));
}

try {
  await start(parseConfig(process.env));
} catch (error) {
  giveUp(error);
}
