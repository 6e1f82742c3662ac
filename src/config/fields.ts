import { z } from 'zod';
import { ConfigError } from './configError.ts';

/** The parsed values of a group of variables. */
export type ValuesOf<Variables extends z.ZodRawShape> = z.output<z.ZodObject<Variables>>;

/** Reports an invalid field: `problem` and `fix` as in ConfigError. */
export function refuse(context: z.RefinementCtx, problem: string, fix: string): never {
  context.addIssue({ code: 'custom', message: problem, params: { fix } });
  return z.NEVER;
}

/** The error of the first invalid field. @param variable its name, unless the issue's path has it */
export function configErrorOf({ issues: [issue] }: z.ZodError, variable?: string): ConfigError {
  const { fix }: { readonly fix?: string } = (issue?.code === 'custom' && issue.params) || {};
  const name = variable ?? String(issue?.path[0] ?? 'configuration');
  return new ConfigError(name, issue?.message ?? 'Invalid value.', fix ?? 'Fix it, or unset it.');
}

/**
 * The value of a variable that another setting requires.
 * @param by that setting, such as `AUTH_MODE=jwt`
 * @throws ConfigError if the variable is not set
 */
export function required<Name extends string>(
  values: Readonly<Partial<Record<Name, string | undefined>>>,
  variable: Name,
  by: string,
  fix = 'Set it.',
): string {
  const value = values[variable];
  if (value !== undefined) return value;
  throw new ConfigError(variable, `It is not set, but ${by} requires it.`, fix);
}

/** As `required`, of a secret, which may come from a file instead. */
export function requiredSecret<Name extends string>(
  values: Readonly<Partial<Record<Name, string | undefined>>>,
  variable: Name,
  by: string,
): string {
  return required(values, variable, by, `Set it, or ${variable}_FILE.`);
}

/** The items of a comma-separated list. */
export function items(setting: string): string[] {
  return setting
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  return z.string().transform((text, context) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return refuse(context, `"${text}" is not a whole number from ${min} to ${max}.`, 'Set one, or unset it.');
  });
}

/** `true` or `false`. */
export function flag() {
  return z.string().transform((text, context) => {
    if (text === 'true' || text === 'false') return text === 'true';
    return refuse(context, `"${text}" is neither true nor false.`, 'Set it to one of them, or unset it.');
  });
}

/** One of these texts. */
export function oneOf<const Value extends string>(...values: readonly Value[]) {
  return z.string().transform((text, context) => {
    const known = values.find((value) => value === text);
    if (known !== undefined) return known;
    return refuse(context, `"${text}" is not one of ${values.join(', ')}.`, 'Set it to one of them, or unset it.');
  });
}

/** An absolute http or https URL without credentials, query or fragment; a trailing slash is dropped. */
export function httpUrl(example: string) {
  return text().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      return refuse(context, 'It is not an http or https URL.', `Set it to a URL such as ${example}.`);
    }
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      return refuse(
        context,
        'The URL must not contain credentials, a query or a fragment.',
        `Set only the base URL, such as ${example}.`,
      );
    }
    return url.href.replace(/\/$/, '');
  });
}

/** The path of a URL, such as `/v3/oauth/token/generate`. It cannot name another host. */
export function urlPath() {
  return z.string().transform((text, context) => {
    const isPath = /^\/(?!\/)/.test(text) && new URL(text, 'http://host').pathname === text;
    if (isPath) return text;
    return refuse(context, `"${text}" is not a path.`, 'Set a path that begins with a slash, without a query.');
  });
}

/** The headers of a call that say something else, or how it is sent. */
const OTHER_HEADERS = new Set([
  'accept',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'data-scope',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-cap-api-oauth-token',
]);

/** The name of an HTTP header of a call. */
export function headerName() {
  return z.string().transform((text, context) => {
    const isName = /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text);
    if (isName && !OTHER_HEADERS.has(text.toLowerCase())) return text;
    const problem = isName ? `The header "${text}" has another meaning.` : `"${text}" is not a header name.`;
    return refuse(context, problem, 'Set a name such as DATA-SCOPE-ORG.');
  });
}

/** A user name of Basic credentials, which end it at the first colon. */
export function userName() {
  return z.string().transform((text, context) => {
    if (/^[^:\p{Cc}]+$/u.test(text) && text === text.trim()) return text;
    const problem = 'It has a colon, a line break or a blank at an end, as no user name has.';
    return refuse(context, problem, 'Set only the user name.');
  });
}

/** A text whose ends are not blank: nobody sees a blank there, and it would be a part of the value. */
export function text() {
  return z.string().transform((text, context) => {
    if (text === text.trim()) return text;
    return refuse(context, 'It begins or ends with a blank or a line break.', 'Take that away.');
  });
}

/** Any text, such as a password, which may begin and end with blanks. */
export function anyText() {
  return z.string();
}

/** What a header of a request must hold. HTTP takes blanks around it away, and Node reads UTF-8 as other letters. */
export function headerText() {
  return text().transform((text, context) => {
    if (/^[\x20-\x7e]+$/.test(text)) return text;
    const problem = 'It has a line break or a letter outside ASCII, which no header brings as it is.';
    return refuse(context, problem, 'Set only letters, digits and signs of ASCII.');
  });
}

/** One scope of a token, in which scopes are separated by blanks. */
export function scope() {
  return z.string().transform((text, context) => {
    if (!/\s/.test(text)) return text;
    return refuse(context, `"${text}" has a blank, as no scope has.`, 'Set one scope, such as promotions:any.');
  });
}

/** A comma-separated list. Blanks and line breaks around its items do not count. */
export function list(what: string) {
  return z.string().transform((text, context) => {
    if (items(text).length > 0) return text;
    return refuse(context, `It contains no ${what}.`, 'Set one, or unset it.');
  });
}
