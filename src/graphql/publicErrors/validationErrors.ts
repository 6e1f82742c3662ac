import * as graphql from 'graphql';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { expectedValue } from './expectedValue.ts';

export type ValidationOptions = {
  /** The gateway's own rules; their messages quote nothing of the document. */
  readonly ownRules: readonly ValidationRule[];
  /** Most errors that are listed. */
  readonly maxErrors: number;
  /** Whether messages suggest names of the schema. */
  readonly suggestions: boolean;
};

/** A longer message is replaced, since it quotes a long name that is not in the schema. */
const MAX_MESSAGE_LENGTH = 400;

/** Explains a rule's error by its nodes and the visitor's position. */
type Explain = (error: GraphQLError, context: ValidationContext) => string;

/** The rules whose messages quote only names, never a value. The errors of other rules get a fixed text. */
const RULES_WITHOUT_VALUES: ReadonlySet<ValidationRule> = new Set([
  graphql.ExecutableDefinitionsRule,
  graphql.UniqueOperationNamesRule,
  graphql.LoneAnonymousOperationRule,
  graphql.SingleFieldSubscriptionsRule,
  graphql.KnownTypeNamesRule,
  graphql.FragmentsOnCompositeTypesRule,
  graphql.VariablesAreInputTypesRule,
  graphql.ScalarLeafsRule,
  graphql.FieldsOnCorrectTypeRule,
  graphql.UniqueFragmentNamesRule,
  graphql.KnownFragmentNamesRule,
  graphql.NoUnusedFragmentsRule,
  graphql.PossibleFragmentSpreadsRule,
  graphql.NoFragmentCyclesRule,
  graphql.UniqueVariableNamesRule,
  graphql.NoUndefinedVariablesRule,
  graphql.NoUnusedVariablesRule,
  graphql.KnownDirectivesRule,
  graphql.UniqueDirectivesPerLocationRule,
  graphql.KnownArgumentNamesRule,
  graphql.UniqueArgumentNamesRule,
  graphql.ProvidedRequiredArgumentsRule,
  graphql.VariablesInAllowedPositionRule,
  graphql.OverlappingFieldsCanBeMergedRule,
  graphql.UniqueInputFieldNamesRule,
  graphql.MaxIntrospectionDepthRule,
]);

/**
 * The errors of a document that is not valid, with messages that name fields, types and arguments but no value. Each
 * message is listed once.
 */
export function validationErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  { ownRules, maxErrors, suggestions }: ValidationOptions,
): GraphQLFormattedError[] {
  const listed = new Map<string, GraphQLError>();
  const rules = [...specifiedRules, ...ownRules].map((rule) => explained(rule, explanationOf(rule, ownRules), listed));
  const errors = validate(schema, document, rules, { maxErrors, hideSuggestions: !suggestions });
  const publicErrors = errors.slice(0, maxErrors).map(publicForm);
  return errors.length > maxErrors
    ? [...publicErrors, publicForm(new GraphQLError(`Only the first ${maxErrors} errors are listed.`))]
    : publicErrors;
}

function publicForm({ message, locations }: GraphQLError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
}

function explanationOf(rule: ValidationRule, ownRules: readonly ValidationRule[]): Explain {
  if (rule === ValuesOfCorrectTypeRule) return expectedValue;
  if (RULES_WITHOUT_VALUES.has(rule) || ownRules.includes(rule)) return ({ message }) => message;
  return () => FIXED_TEXT;
}

const FIXED_TEXT = new GatewayError('GRAPHQL_VALIDATION_FAILED').message;

/** The rule, with its errors explained and each message reported once. */
function explained(rule: ValidationRule, explain: Explain, listed: Map<string, GraphQLError>): ValidationRule {
  return (context) => {
    const reportError = (error: GraphQLError) => {
      const explanation = explain(error, context);
      const message = explanation.length > MAX_MESSAGE_LENGTH ? FIXED_TEXT : explanation;
      if (listed.has(message)) return;
      const shown = new GraphQLError(message, { nodes: error.nodes?.slice(0, 2) ?? null });
      listed.set(message, shown);
      context.reportError(shown);
    };
    return rule(Object.create(context, { reportError: { value: reportError } }));
  };
}
