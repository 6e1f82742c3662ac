import { once } from 'node:events';
import type { Program } from '../../support/process.ts';

export type HeapInspector = {
  startSampling(): Promise<void>;
  /** How many bytes were allocated since then that survived a collection of new objects, or have met none. An estimate. */
  survivingBytes(): Promise<number>;
};

type ProfileNode = { readonly selfSize: number; readonly children: readonly ProfileNode[] };

/** Looks into the heap of a program that was started with `--inspect`. */
export async function inspectHeap(program: Program): Promise<HeapInspector> {
  const [, url = ''] = await program.printed(/Debugger listening on (ws:\S+)/);
  const socket = new WebSocket(url);
  await once(socket, 'open');
  let lastId = 0;
  const post = async <Result>(method: string, params: object = {}): Promise<Result> => {
    lastId++;
    socket.send(JSON.stringify({ id: lastId, method, params }));
    const [{ data }] = await once(socket, 'message');
    return JSON.parse(data).result;
  };
  return {
    startSampling: () =>
      post('HeapProfiler.startSampling', {
        samplingInterval: 1024,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: false,
      }),
    async survivingBytes() {
      const { profile } = await post<{ profile: { head: ProfileNode } }>('HeapProfiler.stopSampling');
      socket.close();
      return sizeOf(profile.head);
    },
  };
}

function sizeOf({ selfSize, children }: ProfileNode): number {
  return children.reduce((sum, child) => sum + sizeOf(child), selfSize);
}
