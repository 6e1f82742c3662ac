import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** An object of Kubernetes as `kubectl apply` would send it. */
export type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
  readonly [field: string]: any;
};

/** The objects of a kustomization. A warning, such as one of a deprecated field, is an error. */
export function render(folder: string): KubernetesObject[] {
  const output = execFileSync('kubectl', ['kustomize', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return parseAllDocuments(output, { strict: true }).map((document) => document.toJS());
}

/** The only object of a kind, with this name if one is given. Names that kustomize ends with a hash count without it. */
export function only(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter(
    (object) =>
      object.kind === kind && (name === undefined || object.metadata.name.replace(/-[a-z0-9]{10}$/, '') === name),
  );
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`${found.length} objects are a ${kind} ${name ?? ''}`);
  return object;
}

/** The path of a copy of `deploy/kubernetes` in which these files have been written, by their path in it. */
export function kubernetesWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  cpSync('deploy', folder, { recursive: true, filter: (path) => !path.endsWith('/secrets') });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'kubernetes', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return join(folder, 'kubernetes');
}
