import type {
  FieldNode,
  GraphQLOutputType,
  GraphQLResolveInfo,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { type Projection, projectionOf } from './projection.ts';

/**
 * Caches the projections of one field: for the objects of one list, which share their field nodes, and for a repeated
 * document. Without @skip and @include, only the document decides what is selected of a field.
 */
export class KnownProjections {
  readonly #type: GraphQLOutputType;
  readonly #byNodes = new WeakMap<readonly FieldNode[], Projection>();
  readonly #byNode = new WeakMap<FieldNode, Projection>();
  readonly #hasConditions = new WeakMap<OperationDefinitionNode, boolean>();

  constructor(type: GraphQLOutputType) {
    this.#type = type;
  }

  of(info: GraphQLResolveInfo): Projection {
    const { fieldNodes } = info;
    const known = this.#byNodes.get(fieldNodes);
    if (known !== undefined) return known;
    const projection = this.#ofDocument(info);
    this.#byNodes.set(fieldNodes, projection);
    return projection;
  }

  #ofDocument(info: GraphQLResolveInfo): Projection {
    const [node, ...others] = info.fieldNodes;
    // Several nodes are merged; elsewhere in the document, one of them may be merged with others.
    if (node === undefined || others.length > 0 || this.#conditional(info)) {
      return projectionOf(this.#type, info.fieldNodes, info);
    }
    let projection = this.#byNode.get(node);
    if (projection === undefined) {
      projection = projectionOf(this.#type, info.fieldNodes, info);
      this.#byNode.set(node, projection);
    }
    return projection;
  }

  #conditional({ operation, fragments }: GraphQLResolveInfo): boolean {
    let conditional = this.#hasConditions.get(operation);
    if (conditional === undefined) {
      conditional = [operation, ...Object.values(fragments)].some(({ selectionSet }) => hasDirective(selectionSet));
      this.#hasConditions.set(operation, conditional);
    }
    return conditional;
  }
}

function hasDirective(selectionSet: SelectionSetNode | undefined): boolean {
  return (selectionSet?.selections ?? []).some(
    (selection) =>
      (selection.directives ?? []).length > 0 || ('selectionSet' in selection && hasDirective(selection.selectionSet)),
  );
}
