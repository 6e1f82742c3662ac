import { expect } from 'vitest';
import type { TestUpstream } from './upstream.ts';

export type Expected = { readonly status: number; readonly code: string };

/** Checks a request error: its status, the code of every error, its request id, and that it made no upstream call. */
export async function expectRequestError(response: Response, upstream: TestUpstream, { status, code }: Expected) {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.stringContaining('"errors"')]);
  const { data, errors } = JSON.parse(text);
  expect(data ?? null).toBeNull();
  for (const { extensions, message } of errors) {
    expect(extensions).toMatchObject({ code, requestId: response.headers.get('x-request-id') });
    expect(message).toMatch(/\w/);
    expect(extensions).not.toHaveProperty('stacktrace');
  }
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(upstream.calls).toEqual([]);
  return errors;
}
