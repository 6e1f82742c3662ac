import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageEnvironment } from './image.ts';
import { type KubernetesObject, only } from './kustomize.ts';

/**
 * The environment of the gateway's container: its variables, with each mounted path as the same path in `folder`.
 * @throws an Error for a ConfigMap or a Secret that nothing provides
 */
export function environmentOf(objects: readonly KubernetesObject[], folder: string) {
  const { containers, volumes = [] } = only(objects, 'Deployment').spec.template.spec;
  const [container] = containers;
  const mapOf = (name: string) => {
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    if (map === undefined) throw new Error(`No ConfigMap is named ${name}.`);
    return map.data as Record<string, string>;
  };
  const secretOf = (name: string) => {
    const secret = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name);
    if (secret === undefined) throw new Error(`No Secret is named ${name}.`);
    const encoded = Object.entries(secret.data as Record<string, string>);
    return Object.fromEntries(encoded.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  };

  const env: Record<string, string> = imageEnvironment();
  for (const { configMapRef } of container.envFrom) Object.assign(env, mapOf(configMapRef.name));
  for (const { name, value, valueFrom } of container.env ?? []) {
    env[name] = value ?? secretOf(valueFrom.secretKeyRef.name)[valueFrom.secretKeyRef.key] ?? '';
  }
  const mounts: { name: string; mountPath: string }[] = container.volumeMounts;
  for (const { name, mountPath } of mounts) {
    const volume = volumes.find((candidate: { name: string }) => candidate.name === name);
    const files = volume.secret
      ? secretOf(volume.secret.secretName)
      : volume.configMap
        ? mapOf(volume.configMap.name)
        : {};
    for (const [file, content] of Object.entries(files)) {
      const path = join(folder, mountPath, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }
  const isMounted = (value: string) => mounts.some(({ mountPath }) => value.startsWith(`${mountPath}/`));
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isMounted(value) ? join(folder, value) : value]),
  );
}
