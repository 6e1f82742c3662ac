import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';

/**
 * `npm run schema:check [-- REVISION]` fails if the schema of the work tree breaks clients of an earlier schema: that of
 * REVISION, or else of the last release. Only a newer major version may break them, and its part of the changelog names the
 * coordinate of each break, such as `Customer.id`.
 */
const FOLDER = 'schema';
const CHANGELOG = 'CHANGELOG.md';
const PACKAGE = 'package.json';

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

/** The last release before HEAD: the last commit that changes the version in package.json. A clone needs no tags for it. */
function lastRelease(): string | undefined {
  if (!isKnown('HEAD')) return undefined;
  const releases = git('log', '--format=%H', '-G^  "version": ', '--', PACKAGE).split('\n').filter(Boolean);
  const release = releases.find((commit) => commit !== git('rev-parse', 'HEAD'));
  const isShallow = git('rev-parse', '--is-shallow-repository') === 'true';
  if (isShallow && !isKnown(`${release}^`))
    throw new Error('This clone is shallow and ends before the last release. Run "git fetch --unshallow".');
  return release;
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

function versionAt(revision: string): string {
  return (JSON.parse(git('show', `${revision}:${PACKAGE}`)) as { version: string }).version;
}

/** The changelog's parts about major versions after this one. */
function majorVersionsAfter(version: string): string {
  const parts = readFileSync(CHANGELOG, 'utf8').split(/^(?=## )/m);
  const older = parts.findIndex((part) => part.startsWith(`## ${version} `));
  return parts
    .slice(0, Math.max(older, 0))
    .filter((part) => /^## \d+\.0\.0 /.test(part))
    .join('');
}

async function check(revision: string | undefined): Promise<void> {
  const before = revision === undefined ? undefined : schemaAt(revision);
  if (revision === undefined || before === undefined) return console.log('There is no earlier schema to compare with.');
  const version = versionAt(revision);
  const since = `since ${version} (${git('rev-parse', '--short', revision)})`;
  const changes = await diff(before, schemaOfWorkTree());
  const announced = majorVersionsAfter(version);
  const breaking = changes.filter((change) => breaks(change) && !announced.includes(`\`${change.path}\``));
  if (breaking.length === 0)
    return console.log(`${changes.length} changes ${since}, none that breaks clients unannounced.`);
  const lines = breaking.map(({ path, message }) => `  ${path}: ${message}`);
  console.error(`Breaking changes ${since}:\n${lines.join('\n')}`);
  process.exitCode = 1;
}

try {
  await check(process.argv[2] ?? lastRelease());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
