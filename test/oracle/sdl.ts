import { globSync, readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  parse,
} from 'graphql';

const FILES = globSync('schema/*.graphql').filter((file) => !file.endsWith('federation.graphql'));
const DOCUMENT = parse(FILES.map((file) => readFileSync(file, 'utf8')).join('\n'));

/** The schema as its SDL says. Federation's directives mean nothing here. */
export const schema: GraphQLSchema = buildASTSchema(DOCUMENT, { assumeValid: true, assumeValidSDL: true });

/** A field that the SDL describes as a member of a REST object. */
export type Member = {
  readonly field: string;
  /** Its name in REST, which is the end of the path in the field's description. */
  readonly rest: string;
  /** Another spelling of it in REST. */
  readonly other: string | undefined;
  readonly type: GraphQLNamedType;
  readonly list: boolean;
  readonly required: boolean;
};

/** What the gateway works out, although the descriptions name REST members. */
const COMPUTED = ['kpiName', 'unlimited', 'remaining'];

/** The members of the REST object that a type describes: REST `limits.maxPointsPerEvent` is `maxPointsPerEvent` of PromotionLimits. */
export function membersOf(typeName: string): readonly Member[] {
  const { [typeName]: known } = cache;
  if (known !== undefined) return known;
  const fields = Object.values((schema.getType(typeName) as GraphQLObjectType).getFields());
  const members = fields.flatMap(({ name, type, description }): Member[] => {
    const [, path, other] = /REST `([^`]+)`(?:,? or `([^`]+)`)?/.exec(description ?? '') ?? [];
    if (path === undefined || COMPUTED.includes(name)) return [];
    return [
      {
        field: name,
        rest: path.replace(/^.*\./, ''),
        other,
        type: getNamedType(type),
        list: isListType(getNullableType(type)),
        required: isNonNullType(type),
      },
    ];
  });
  cache[typeName] = members;
  return members;
}

const cache: Record<string, readonly Member[]> = {};
