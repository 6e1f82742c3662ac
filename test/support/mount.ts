import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder as Kubernetes mounts one: files are links into `..data`, a link that is replaced when their contents change. */
export function mount(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let version = 0;
  const replace = (contents: Record<string, string>) => {
    version += 1;
    mkdirSync(join(folder, `..${version}`));
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, `..${version}`, name), content);
    symlinkSync(`..${version}`, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  replace(files);
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(folder, name));
  return { path: (name: string) => join(folder, name), replace };
}
