import { readFileSync } from 'node:fs';

/** How the image starts Node in a container of this size. */
export function imageOptions(containerMb: number): string {
  const [, options = ''] = /exec node ((?:--\S+ )+)dist/.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  const share = /--max-old-space-size-percentage=(\d+)/.exec(options);
  return options.replace(
    share?.[0] ?? '',
    `--max-old-space-size=${Math.floor((containerMb * Number(share?.[1])) / 100)}`,
  );
}
