import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { parseSync } from 'vite';

/** One small change of a file, which the tests should notice. */
export type Mutant = {
  readonly file: string;
  /** The kind of change, such as "drop statement". */
  readonly operator: string;
  /** What is changed, and which of several such places in the file it is. It stays while this code stays. */
  readonly name: string;
  /** Whether it is executed when the file is loaded, not by a call. */
  readonly atLoad: boolean;
  readonly line: number;
  /** The switch, as text to insert into the file: given the mutant's number. */
  readonly insertions: (id: number) => readonly Insertion[];
};

/** Text at an offset. `closes` is the offset where what it ends began, so that nested ends come in the right order. */
type Insertion = { readonly at: number; readonly text: string; readonly opens?: number; readonly closes?: number };

type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [key: string]: unknown };

const OPERATORS: Record<string, string> = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' },
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '&&': '||', '||': '&&' },
};
/** The program is more than generated code, the playground and the sandbox. */
const EXCLUDED = ['src/playground/**', 'src/sandbox/**', 'src/graphql/generated.ts'];

/** All mutants of `src/`. */
function allMutants(): Mutant[] {
  return globSync('src/**/*.ts', { exclude: EXCLUDED }).sort().flatMap(mutantsOf);
}

/** This many mutants of `src/`: as many of each folder, and in it of each kind, chosen by the seed and the mutants' names. */
export function chosenMutants(count: number, seed: string): Mutant[] {
  const hash = ({ file, name }: Mutant) => createHash('sha256').update(`${seed} ${file} ${name}`).digest('hex');
  const all = allMutants()
    .map((mutant) => ({ mutant, folder: folderOf(mutant), hash: hash(mutant) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return ranked(
    ranked(all, ({ folder, mutant }) => `${folder} ${mutant.operator}`),
    ({ folder }) => folder,
  )
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** In turns: the first of each group, then the second of each group. */
function ranked<T>(values: readonly T[], groupOf: (value: T) => string): T[] {
  const groups = Object.values(Object.groupBy(values, groupOf)).map((group) => group ?? []);
  const longest = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => groups.flatMap((group) => group.slice(turn, turn + 1))).flat();
}

/** A mutant's folder, such as `upstream/payload`. */
export function folderOf({ file }: Mutant): string {
  return file.split('/').slice(1, -1).join('/');
}

/** The file with a switch for each of these mutants, which all are in it: `mutated(id)` is true for the active one. */
export function withSwitches(path: string, mutants: ReadonlyMap<number, Mutant>): string {
  const source = readFileSync(path, 'utf8');
  const atLoad = [...mutants].filter(([, mutant]) => mutant.atLoad);
  const insertions = [...mutants].flatMap(([id, mutant]) => mutant.insertions(id));
  // Whoever calls a function of the file may depend on what was executed when the file was loaded.
  const reached = atLoad.map(([id]) => ` mutated(${id});`).join('');
  const bodies = reached === '' ? [] : bodiesOf(parsed(path, source));
  const called = bodies.map((at): Insertion => ({ at, text: reached }));
  const inOrder = [...insertions, ...called].sort(
    (a, b) =>
      a.at - b.at ||
      Number(a.closes === undefined) - Number(b.closes === undefined) ||
      (b.closes ?? 0) - (a.closes ?? 0) ||
      (b.opens ?? 0) - (a.opens ?? 0),
  );
  let text = '';
  let from = 0;
  for (const { at, text: inserted } of inOrder) {
    text += source.slice(from, at) + inserted;
    from = at;
  }
  return text + source.slice(from);
}

function parsed(path: string, source: string): Node {
  return parseSync(path, source).program as unknown as Node;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The nodes below a node that are executed: no types, names of members or paths of modules. */
function childrenOf(node: Node): Node[] {
  if (/^(Import|ExportAll)/.test(node.type)) return [];
  if (node.type.startsWith('TS')) return isNode(node.expression) ? [node.expression] : [];
  return Object.entries(node)
    .filter(([key]) => !(key === 'source' || (key === 'key' && node.computed !== true)))
    .flatMap(([, value]) => value)
    .filter(isNode);
}

/** Where the bodies of functions begin. */
function bodiesOf(node: Node): number[] {
  const body = node.body as Node | undefined;
  const own = /Function/.test(node.type) && body?.type === 'BlockStatement' ? [body.start + 1] : [];
  return [...own, ...childrenOf(node).flatMap(bodiesOf)];
}

function mutantsOf(file: string): Mutant[] {
  const source = readFileSync(file, 'utf8');
  const found: Mutant[] = [];
  const names = new Map<string, number>();

  function add(operator: string, node: Node, atLoad: boolean, insertions: Mutant['insertions']): void {
    const text = `${operator}: ${source.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 90)}`;
    const count = (names.get(text) ?? 0) + 1;
    names.set(text, count);
    const line = source.slice(0, node.start).split('\n').length;
    found.push({ file, operator, name: count === 1 ? text : `${text} (${count})`, atLoad, line, insertions });
  }

  function visit(node: Node, atLoad: boolean, parent?: Node): void {
    const { start, end } = node;
    const textOf = (child: unknown): string => (isNode(child) ? source.slice(child.start, child.end) : '');
    const replace = (operator: string, text: string, at = node): void =>
      add(operator, at, atLoad, (id) => [
        { at: at.start, opens: at.end, text: `(mutated(${id}) ? (${text}) : ` },
        { at: at.end, closes: at.start, text: ')' },
      ]);
    const body = node.body as Node & { body: Node[] };
    switch (node.type) {
      case 'ExpressionStatement':
        if (node.directive !== undefined || textOf(node).startsWith('super(')) break;
        add('drop statement', node, atLoad, (id) => [
          { at: start, opens: end, text: `{ if (!mutated(${id})) { ` },
          { at: end, closes: start, text: ' } }' },
        ]);
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (body?.type !== 'BlockStatement' || body.body.length < 2 || parent?.kind === 'constructor') break;
        add('return early', node, false, (id) => [{ at: body.start + 1, text: ` if (mutated(${id})) return; ` }]);
        break;
      case 'IfStatement':
      case 'ConditionalExpression':
        replace('negate condition', `!(${textOf(node.test)})`, node.test as Node);
        break;
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const [left, right] = [node.left as Node, node.right as Node];
        const operator = node.operator as string;
        const other = OPERATORS[operator];
        if (operator === '??') replace('drop default', textOf(left));
        if (other === undefined) break;
        const between = source.slice(left.end, right.start).replace(operator, other);
        replace('operator', source.slice(start, left.end) + between + source.slice(right.start, end));
        break;
      }
      case 'Literal':
        if (typeof node.value === 'number') replace('constant', `${textOf(node)} + 1`);
        if (typeof node.value === 'boolean') replace('constant', String(!node.value));
        if (typeof node.value === 'string' && node.value !== '') replace('empty string', "''");
        break;
      case 'TemplateLiteral':
        if (parent?.type !== 'TaggedTemplateExpression') replace('empty string', "''");
        break;
      case 'ArrayExpression':
        if ((node.elements as unknown[]).length > 0) replace('empty array', '[]');
        break;
      case 'AwaitExpression':
        replace('remove await', textOf(node.argument));
        break;
      case 'CatchClause': {
        const name = node.param === null ? 'thrown' : textOf(node.param);
        add('rethrow', node, atLoad, (id) => [
          ...(node.param === null ? [{ at: body.start, text: `(${name}) ` }] : []),
          { at: body.start + 1, text: ` if (mutated(${id})) throw ${name}; ` },
        ]);
        break;
      }
    }
    const isField = node.type === 'PropertyDefinition' && node.static !== true;
    const inside = atLoad && !isField && !/Function/.test(node.type);
    for (const child of childrenOf(node)) visit(child, inside, node);
  }

  visit(parsed(file, source), true);
  return found;
}
