import { badUserInput } from './errors.ts';
import { Redacted } from './redacted.ts';

/** Kinds of customer identifier, as the public schema names them. */
export const IDENTIFIER_NAMES = ['MOBILE', 'ID', 'EMAIL', 'EXTERNAL_ID'] as const;
export type IdentifierName = (typeof IDENTIFIER_NAMES)[number];

/** Upstream documents no bound; an e-mail address, the longest of the kinds, has at most 254 characters. */
const MAX_LENGTH = 254;
/** Upstream might parse `0347297848` or `347297848abc` as a number, which would be another spelling of an id. */
const CUSTOMER_ID = /^[1-9]\d*$/;
const MOBILE = /^\d+$/;
/** What people type or paste into a number: spaces, dashes of any script, brackets, dots, and marks that nobody sees. */
const AROUND_DIGITS = /[\p{Z}\p{Pd}\s().\u00b7\u2212/\u2044]/gu;
/** Marks that nobody sees, such as the direction of text or a soft hyphen. Variation selectors are among them. */
const INVISIBLE = /\p{Cf}|\p{Variation_Selector}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters, line breaks among them, are what is refused
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;

/**
 * An identifier of a customer. It is personal data, so it prints as `[redacted]`.
 *
 * All spellings of one identifier have the same canonical form. Access checks, keys and upstream calls all use that form,
 * so a caller is never authorised for one spelling and served another.
 */
export class CustomerIdentifier extends Redacted {
  readonly name: IdentifierName;
  readonly #canonical: string;

  private constructor(name: IdentifierName, value: string, canonical: string) {
    super(value);
    this.name = name;
    this.#canonical = canonical;
  }

  /**
   * @throws BAD_USER_INPUT for a value that is blank, over-long, not well-formed Unicode, or holds a line break or another
   * control character, for a mobile that is not digits, and for an id that is not digits without a leading zero.
   */
  static of(name: IdentifierName, value: string): CustomerIdentifier {
    if (value.length > MAX_LENGTH) {
      throw badUserInput(`identifier.value must have at most ${MAX_LENGTH} characters, got ${value.length}.`);
    }
    if (CONTROL_CHARACTERS.test(value)) {
      throw badUserInput('identifier.value must not contain a line break or another control character.');
    }
    // A lone surrogate cannot be URL-encoded, and all of them have the same hash. So have bytes that were no text: they became U+FFFD.
    if (!value.isWellFormed() || value.includes('\ufffd'))
      throw badUserInput('identifier.value must be well-formed Unicode text.');
    const canonical = canonicalForm(name, value);
    if (canonical.trim() === '') {
      throw badUserInput("identifier.value must not be blank. Send the customer's mobile, id, e-mail or external id.");
    }
    if (name === 'MOBILE' && !MOBILE.test(canonical)) {
      throw badUserInput(
        'identifier.value must be digits if identifier.name is MOBILE; spaces, dots and dashes are ignored.',
      );
    }
    if (name === 'ID' && !isCustomerId(canonical)) {
      throw badUserInput('identifier.value must be digits without a leading zero if identifier.name is ID.');
    }
    return new CustomerIdentifier(name, value, canonical);
  }

  /** The canonical spelling. */
  revealCanonical(): string {
    return this.#canonical;
  }
}

/** Whether a text can be the id of a customer at upstream, in its one spelling. */
export function isCustomerId(text: string): boolean {
  return CUSTOMER_ID.test(text);
}

/**
 * Mobiles lose punctuation, invisible marks and a leading plus sign, and full-width digits become digits; e-mails lose invisible
 * marks and their case; ids and external ids are exact.
 */
function canonicalForm(name: IdentifierName, value: string): string {
  switch (name) {
    case 'MOBILE':
      // Most are sent so.
      if (MOBILE.test(value)) return value;
      return value.replace(INVISIBLE, '').normalize('NFKC').replace(AROUND_DIGITS, '').replace(/^\+/, '');
    case 'EMAIL':
      return value.replace(INVISIBLE, '').trim().toLowerCase();
    case 'ID':
    case 'EXTERNAL_ID':
      return value;
  }
}

/**
 * The text of an identifier that JSON holds as a text or a number; undefined for anything else, also for a number above 2^53: it
 * has lost digits in parsing and may identify another customer.
 */
export function identifierText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
}
