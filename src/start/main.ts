import { type Config, parseConfig } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { createLogger } from '../telemetry/logger.ts';
import { describeStart } from './banner.ts';
import { startGateway } from './gateway.ts';
import { watchSettingFiles } from './settingFiles.ts';
import { endOnSignal } from './shutdown.ts';

/** Exits with one line if the configuration is invalid or the address cannot be used. */
function giveUp(error: unknown): never {
  console.error(error instanceof ConfigError ? error.message : (listeningMistake(error) ?? error));
  process.exit(1);
}

function listeningMistake(error: unknown): string | undefined {
  const { code, port } = error as { code?: string; port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `PORT: Another program uses port ${port}. Set PORT to a free port.`;
    case 'EACCES':
      return `PORT: This user must not listen on port ${port}. Set PORT above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'HOST: This machine does not have this address. Set HOST to 127.0.0.1, 0.0.0.0 or one of its addresses.';
    default:
      return undefined;
  }
}

/** Loaded only if it is used. */
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
