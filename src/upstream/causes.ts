/** The cause of a failed call in a few words, for logs and traces: never an address, a path or a value. */

/** The code of a Node error, such as `ECONNREFUSED` or `ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED`. */
export function causeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return (
    ([code, name].find((word) => typeof word === 'string' && /^[\w/]{1,60}$/.test(word)) as string | undefined) ??
    'unknown'
  );
}

export function cutAfter(bytes: number): string {
  return `connection broke after ${grouped(bytes)} bytes`;
}

export function timedOutAfter(ms: number): string {
  return `no complete response in ${grouped(ms)} ms`;
}

export function deadlineReached(ms: number): string {
  return `operation reached its deadline of ${grouped(ms)} ms`;
}

export function largerThan(bytes: number): string {
  return `response larger than ${grouped(bytes)} bytes`;
}

export function moreBracketsThan(count: number): string {
  return `more than ${grouped(count)} objects and lists`;
}

export function noJson(contentType: string | undefined): string {
  return `no JSON (${mediaTypeOf(contentType)})`;
}

/** The media type of a Content-Type header, without its parameters. */
function mediaTypeOf(contentType = ''): string {
  return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,40}/i.exec(contentType.trim())?.[0].toLowerCase() ?? 'no media type';
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
