import { imageEnvironment, instructions } from '../../deploy/support/image.ts';

/** How the image starts Node in a container of this size. */
export function containerEnvironment(containerMb: number): Record<string, string> {
  const { HOST, PORT, ...others } = imageEnvironment();
  const [, options = ''] = /exec node ((?:--\S+ )+)dist/.exec(instructions('CMD').join()) ?? [];
  const share = /--max-old-space-size-percentage=(\d+)/.exec(options);
  const heapMb = Math.floor((containerMb * Number(share?.[1])) / 100);
  return { ...others, NODE_OPTIONS: options.replace(share?.[0] ?? '', `--max-old-space-size=${heapMb}`) };
}
