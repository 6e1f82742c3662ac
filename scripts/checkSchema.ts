import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';

/**
 * `npm run schema:check [-- REVISION]` fails if the schema of the work tree breaks clients of an earlier schema: that of
 * REVISION, such as a release, or else the last committed schema that differs. Only a major version that is not released may break
 * them, and its part of the changelog names the coordinate of each break, such as `Customer.id`.
 */
const FOLDER = 'schema';
const CHANGELOG = 'CHANGELOG.md';

/**
 * Changes that graphql-inspector does not call breaking, but that break a supergraph (a removed key or @shareable) or change
 * the response to the same query (a default). Keys are compared in their order, so add new ones last.
 */
const BREAKING_HERE = [
  /^DIRECTIVE_USAGE_OBJECT_REMOVED /,
  /^DIRECTIVE_USAGE_ARGUMENT_REMOVED .*\.@key\.fields$/,
  /^FIELD_ARGUMENT_DEFAULT_CHANGED /,
];

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function isKnown(revision: string): boolean {
  try {
    git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

/** The revision that holds the schema before its last change, undefined if the schema has never changed. */
function revisionBefore(): string | undefined {
  if (git('status', '--porcelain', '--', FOLDER) !== '') return isKnown('HEAD') ? 'HEAD' : undefined;
  const before = `${git('log', '-1', '--format=%H', '--', FOLDER)}^`;
  if (isKnown(before)) return before;
  if (git('rev-parse', '--is-shallow-repository') === 'true') {
    throw new Error(
      'This clone is shallow and ends before the last change of the schema. Run "git fetch --unshallow".',
    );
  }
  return undefined;
}

function schemaAt(revision: string): GraphQLSchema | undefined {
  if (!isKnown(revision))
    throw new Error(`Revision ${revision} is not in this clone. Run "git fetch --tags", or use another one.`);
  const paths = git('ls-tree', '--name-only', revision, `${FOLDER}/`).split('\n').filter(isSdl);
  return paths.length === 0 ? undefined : schemaOf(paths.map((path) => git('show', `${revision}:${path}`)));
}

function schemaOfWorkTree(): GraphQLSchema {
  const names = readdirSync(FOLDER).filter(isSdl);
  return schemaOf(names.map((name) => readFileSync(`${FOLDER}/${name}`, 'utf8')));
}

function isSdl(path: string): boolean {
  return path.endsWith('.graphql');
}

/** Parsed without validation, since federation's directives are not defined in a subgraph's SDL. It has its own tests. */
function schemaOf(sources: readonly string[]): GraphQLSchema {
  return buildASTSchema(parse(sources.join('\n')), { assumeValidSDL: true });
}

function breaks({ type, path, criticality: { level } }: Change): boolean {
  return level === CriticalityLevel.Breaking || BREAKING_HERE.some((pattern) => pattern.test(`${type} ${path}`));
}

/** The changelog's part about the next major version, empty if the next version is none. */
function nextMajorVersion(): string {
  const text = existsSync(CHANGELOG) ? readFileSync(CHANGELOG, 'utf8') : '';
  return text.split(/^(?=## )/m).find((part) => /^## \d+\.0\.0 \(unreleased\)/.test(part)) ?? '';
}

async function check(revision: string | undefined): Promise<void> {
  const before = revision === undefined ? undefined : schemaAt(revision);
  if (before === undefined) return console.log('There is no earlier schema to compare with.');
  const changes = await diff(before, schemaOfWorkTree());
  const announced = nextMajorVersion();
  const breaking = changes.filter((change) => breaks(change) && !announced.includes(`\`${change.path}\``));
  if (breaking.length === 0)
    return console.log(`${changes.length} changes since ${revision}, none that breaks clients unannounced.`);
  const lines = breaking.map(({ path, message }) => `  ${path}: ${message}`);
  console.error(`Breaking changes since ${revision}:\n${lines.join('\n')}`);
  process.exitCode = 1;
}

try {
  await check(process.argv[2] ?? revisionBefore());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
