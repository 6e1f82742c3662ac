import type { UpstreamPage } from '../model/page.ts';

/** The result of a call for all its waiters: a page with the bytes that upstream sent, or an error. */
export type CallResult = (ReceivedPage | { readonly kind: 'error'; readonly error: unknown }) & {
  /** The context that the call was started with. */
  readonly startedBy: object;
  /** When the call was started, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
};

export type ReceivedPage = { readonly kind: 'page'; readonly page: UpstreamPage; readonly body: Buffer };

/** The result of a call, and when it was made. Never rejects. */
export async function resultOf(
  received: Promise<ReceivedPage>,
  made: Pick<CallResult, 'startedBy' | 'startedAt'>,
): Promise<CallResult> {
  try {
    return { ...(await received), ...made };
  } catch (error) {
    return { kind: 'error', error, ...made };
  }
}
