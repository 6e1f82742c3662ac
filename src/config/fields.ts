import { z } from 'zod';

/** A field's text could not be read: `problem` and `mend` as in ConfigError, joined for zod by a line break. */
export function refuse(context: z.RefinementCtx, problem: string, mend: string): never {
  context.addIssue({ code: 'custom', message: `${problem}\n${mend}` });
  return z.NEVER;
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  return z.string().transform((text, context) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return refuse(context, `"${text}" is not a whole number from ${min} to ${max}.`, 'Set it to one, or unset it.');
  });
}

/** `true` or `false`. */
export function flag() {
  return z.string().transform((text, context) => {
    if (text === 'true' || text === 'false') return text === 'true';
    return refuse(context, `"${text}" is neither true nor false.`, 'Set it to one of them, or unset it.');
  });
}

export function oneOf<const Value extends string>(...values: readonly Value[]) {
  return z.string().transform((text, context) => {
    const known = values.find((value) => value === text);
    if (known !== undefined) return known;
    return refuse(context, `"${text}" is not one of ${values.join(', ')}.`, 'Set it to one of them, or unset it.');
  });
}

/** An absolute http or https URL without credentials, query or fragment; a trailing slash is dropped. */
export function httpUrl(example: string) {
  return z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      return refuse(context, 'It is not an http or https URL.', `Set it to one such as ${example}.`);
    }
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      return refuse(
        context,
        'The URL holds credentials, a query or a fragment.',
        `Set just the base, such as ${example}.`,
      );
    }
    return url.href.replace(/\/$/, '');
  });
}

/** The path of a URL, such as `/v3/oauth/token/generate`: joined to a host, it cannot name another one. */
export function urlPath() {
  return z.string().transform((text, context) => {
    const isPath = /^\/(?!\/)/.test(text) && new URL(text, 'http://host').pathname === text;
    if (isPath) return text;
    return refuse(context, `"${text}" is not a path.`, 'Set it to one that begins with a slash, without a query.');
  });
}

/** The name of an HTTP header. */
export function headerName() {
  return z.string().transform((text, context) => {
    if (/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text)) return text;
    return refuse(context, `"${text}" is not a header's name.`, 'Set it to one such as DATA-SCOPE-ORG.');
  });
}

/** Any text as it is. */
export function text() {
  return z.string();
}
