/** Where graphql-js quotes what a client sent: what is quoted may be an identifier, so the rest has to do. */
const QUOTES: readonly (readonly [RegExp, string])[] = [
  [/(cannot represent [^:"]*):.*$/s, '$1.'],
  [/Value ".*" does not exist in/s, 'The value does not exist in'],
  [/Field "(?![_a-z]\w*")[^"]*"/gi, 'A field'],
  [/(Expected value of type "[^"]*"), found .*$/s, '$1.'],
  [/((?:found|Unexpected) (?:String|BlockString|Int|Float)) ".*$/s, '$1.'],
  [/^(Variable "\$\w+" got invalid value) .*?((?: at "[\w.[\]]+")?; )(?!.*; [A-Z])/s, '$1$2'],
  // Not a quotation, but advice to whoever writes the server.
  [/^GraphQL introspection is not allowed by Apollo Server.*$/s, 'Introspection is off here. Read the printed schema.'],
];

/** A message of graphql-js without the values that a client sent, so that nothing personal gets into anybody's logs. */
export function withoutValues(message: string): string {
  return QUOTES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message);
}
