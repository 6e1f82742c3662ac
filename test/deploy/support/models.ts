import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { KubernetesObject } from './kustomize.ts';

/** The module with the published schema of an object's kind. */
function moduleOf({ apiVersion, kind }: KubernetesObject): string {
  const home = apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models';
  return `${home}/${apiVersion}/${kind}`;
}

/** @throws an Error that names the field that is not as the published schema of the object's kind has it */
export async function validate(object: KubernetesObject): Promise<void> {
  const { [object.kind]: Model } = await import(moduleOf(object));
  new Model(object).validate();
}

/**
 * Fields that the published schemas do not know, which a cluster would drop silently: schemas allow them, types
 * do not.
 * @returns the compiler's messages about them, empty if all are known
 */
export function unknownFields(objects: readonly KubernetesObject[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  try {
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const lines = objects.flatMap((object, index) => [
      `import type { I${object.kind} as Kind${index} } from '${moduleOf(object)}';`,
      `export const object${index}: Kind${index} = ${JSON.stringify(object, null, 2)};`,
    ]);
    writeFileSync(join(folder, 'objects.mts'), lines.join('\n'));
    execFileSync(
      resolve('node_modules/.bin/tsc'),
      ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', 'objects.mts'],
      { cwd: folder, encoding: 'utf8' },
    );
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
