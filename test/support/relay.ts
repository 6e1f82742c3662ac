import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConcreteRequest } from 'relay-runtime';
import relay from 'relay-runtime';
import { onTestFinished } from 'vitest';
import { readClientSdl } from '../../src/graphql/schema.ts';
import type { TestGateway } from './gateway.ts';

/** Compiles operations as a Relay project would, against the SDL for clients. Their names must begin with `shop`. */
export async function compileForRelay(operations: readonly string[]): Promise<ConcreteRequest[]> {
  const project = mkdtempSync(join(tmpdir(), 'relay-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  mkdirSync(join(project, 'src'));
  mkdirSync(join(project, 'artifacts'));
  writeFileSync(join(project, 'schema.graphql'), readClientSdl());
  writeFileSync(join(project, 'src', 'shop.js'), operations.map((text) => `graphql\`${text}\`;\n`).join(''));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const config = {
    src: 'src',
    schema: 'schema.graphql',
    artifactDirectory: 'artifacts',
    language: 'javascript',
    eagerEsModules: true,
  };
  writeFileSync(join(project, 'relay.config.json'), JSON.stringify(config));
  execFileSync(process.execPath, [join(process.cwd(), 'node_modules/relay-compiler/cli.js'), 'relay.config.json'], {
    cwd: project,
    stdio: 'pipe',
  });
  return Promise.all(
    operations.map(async (text) => {
      const [, name] = /^query (\w+)/.exec(text) ?? [];
      const artifact = pathToFileURL(join(project, 'artifacts', `${name}.graphql.js`));
      return ((await import(artifact.href)) as { default: ConcreteRequest }).default;
    }),
  );
}

/** An environment with Relay's default store, connected to a gateway. */
export function relayEnvironment(gateway: TestGateway) {
  return new relay.Environment({
    network: relay.Network.create(async ({ text }, variables) => {
      const { data } = await gateway.query(text ?? '', { variables });
      return { data };
    }),
    store: new relay.Store(new relay.RecordSource()),
  });
}
