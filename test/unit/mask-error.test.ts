import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { maskErrors } from '../../src/graphql/errors/maskError.ts';

function masked(error: GraphQLError, code: string) {
  const reported: unknown[] = [];
  const formatted = { message: error.message, extensions: { code } };
  const options = { maxTokens: 4000, onUnhandledError: (each: unknown) => reported.push(each) };
  return { ...maskErrors(options)(formatted, error), reported };
}

test('A document that is nested too deeply to be parsed is OPERATION_TOO_DEEP, not an unhandled error', () => {
  const originalError = new RangeError('Maximum call stack size exceeded');
  const error = new GraphQLError(originalError.message, { originalError });
  expect(masked(error, 'GRAPHQL_PARSE_FAILED')).toEqual({
    message: expect.stringMatching(/nested too deeply/),
    extensions: { code: 'OPERATION_TOO_DEEP' },
    reported: [],
  });
});

test('What replaces an error keeps its path and its locations', () => {
  const { message } = new Error('why');
  const path = ['customer', 'promotions'];
  const locations = [{ line: 1, column: 3 }];
  const mask = maskErrors({ maxTokens: 4000, onUnhandledError: () => {} });
  const extensions = { code: 'INTERNAL_SERVER_ERROR' };
  expect(mask({ message, path, locations, extensions }, new GraphQLError(message))).toEqual({
    message: 'Internal error. Quote the requestId when you report it.',
    path,
    locations,
    extensions,
  });
});

test('An unknown error is INTERNAL_SERVER_ERROR, and reported', () => {
  const error = new GraphQLError('Int cannot represent non-integer value: "917406400033"');
  const { message, extensions, reported } = masked(error, 'INTERNAL_SERVER_ERROR');
  expect(message).not.toContain('917406400033');
  expect(extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
  expect(reported).toEqual([error]);
});
