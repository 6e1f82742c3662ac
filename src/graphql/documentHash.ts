import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, print, visit } from 'graphql';

const known = new WeakMap<DocumentNode, string>();

/**
 * SHA-256 of a document, in hexadecimal digits, without comments, layout and the values of its literals. A literal may be an
 * identifier, and anyone who knows the document could find the identifier from the hash.
 */
export function documentHash(document: DocumentNode): string {
  let hash = known.get(document);
  if (hash === undefined) {
    hash = createHash('sha256')
      .update(print(withoutLiterals(document)))
      .digest('hex');
    known.set(document, hash);
  }
  return hash;
}

function withoutLiterals(document: DocumentNode): DocumentNode {
  return visit(document, {
    enter(node) {
      if (node.kind === Kind.STRING) return { ...node, value: '', block: false };
      if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return { ...node, value: '0' };
      return undefined;
    },
  });
}
