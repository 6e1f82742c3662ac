import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { writeLine } from '../telemetry/logCatalogue.ts';

/** Descriptors for Redis, the key set, tokens, spans, files and a metrics port. */
const OTHERS = 16;

/** What a process of so many open files may do. */
export type OpenFiles = {
  /** How many connections of clients may be open: MAX_CONNECTIONS, or fewer. */
  readonly maxConnections: number;
  /** How many calls of upstream may be in flight: UPSTREAM_CONCURRENCY, or fewer. */
  readonly concurrency: number;
};

/**
 * Divides the files that the process may open: some are left for upstream's connections and the rest, but never more than half.
 * Where these are too few for UPSTREAM_CONCURRENCY, fewer calls are made, since one without a file would fail.
 */
export function openFiles(
  { maxConnections, upstream }: Pick<Config, 'maxConnections' | 'upstream'>,
  logger: Logger,
): OpenFiles {
  const free = freeDescriptors();
  const left = Math.min(upstream.concurrency + OTHERS, Math.ceil(free / 2));
  const allowed = {
    maxConnections: Math.max(1, Math.min(maxConnections, free - left)),
    concurrency: Math.max(1, left - OTHERS),
  };
  if (allowed.maxConnections < maxConnections) {
    writeLine(logger, 'fewer connections than MAX_CONNECTIONS are accepted: the process may open no more files', {
      connections: allowed.maxConnections,
    });
  }
  return allowed;
}

/** How many more files the process may open; Infinity where nothing says so. Node has raised the limit as far as it may. */
function freeDescriptors(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit) - readdirSync('/proc/self/fd').length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
