import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';

// What is shipped: stand-ins, local chains and tests are not.
const files = globSync(['apps/*/src/**/*.{ts,svelte}', 'packages/*/src/**/*.ts', 'packages/domain/worker/*.ts'], { cwd: root, exclude: (path) => /node_modules|\.test\.ts$|github-standin|localnet|\.svelte-kit/.test(path) }).sort();
const sources = files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const holding = (pattern: RegExp): string[] => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

const statement = /^\s*(?:with|select|insert|update|delete|create|drop|alter|set|listen|notify|truncate)\s/;

/** Parts of SQL statements that are neither a constant of the module, of another module or of a type of ours, nor a number. */
function built(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const fixed = new Set<string>();
  for (const one of source.statements) {
    if (ts.isImportDeclaration(one) && one.importClause?.namedBindings !== undefined && ts.isNamedImports(one.importClause.namedBindings)) for (const { name } of one.importClause.namedBindings.elements) fixed.add(name.text);
    if (ts.isVariableStatement(one) && (one.declarationList.flags & ts.NodeFlags.Const) !== 0) for (const { name } of one.declarationList.declarations) fixed.add(name.getText());
  }
  const found: string[] = [];
  const isFixed = (part: ts.Expression): boolean =>
    (ts.isIdentifier(part) && fixed.has(part.text)) || (ts.isCallExpression(part) && ts.isIdentifier(part.expression) && (part.expression.text === 'String' || fixed.has(part.expression.text)));
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) && statement.test(node.head.text)) for (const { expression } of node.templateSpans) if (!isFixed(expression)) found.push(`${path}: ${expression.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What is put in and is no constant of a module, with why that is fine. A new one is looked at by somebody, and added. */
const looked: Readonly<Record<string, string>> = {
  'apps/github-app/src/life/move.ts': 'names of tables out of a list beside it',
  'apps/github-app/src/living-comment/working.ts': 'a sentence for people that begins like a statement',
  'apps/treasury/src/board/list-bounties.ts': 'conditions of ours, whose values are parameters',
  'apps/treasury/src/board/sums.ts': 'the same conditions',
  'apps/treasury/src/prune.ts': 'names of tables out of a list beside it',
  'apps/treasury/src/relayer/crank-due.ts': 'conditions of ours out of a list beside it',
  'packages/postgres/src/embedded/index.ts': 'names of databases, escaped by the driver',
};

test('no statement for a database is put together from values', () => {
  const suspects = sources.filter(({ path, text }) => path.endsWith('.ts') && !(path in looked) && /`\s*(?:with|select|insert|update|delete|create|drop|alter|set|listen|notify|truncate)\s[^`]*\$\{/.test(text));
  expect(suspects.length).toBeGreaterThan(5);
  expect(suspects.flatMap(({ path, text }) => built(path, text))).toEqual([]);
  expect(built('x.ts', 'const f = (name: string) => db.query(`select * from t where name = \'${name}\'`);')).toEqual(['x.ts: name']);
});

test('no text is run as code, and no command of the system is built but those of the embedded database', () => {
  expect(holding(/\beval\(|\bnew Function\(|node:vm\b|setTimeout\(\s*['"`]/)).toEqual([]);
  expect(holding(/node:child_process/)).toEqual(['packages/postgres/src/embedded/index.ts']);
  expect(holding(/\bexec(?:Sync)?\(\s*[`'"]|shell:\s*true/)).toEqual([]);
});

test('nobody’s text becomes HTML, and no XML is read', () => {
  expect(holding(/\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc/)).toEqual([]);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Readonly<Record<string, { dependencies?: Readonly<Record<string, string>> }>> };
  const ours = Object.entries(lock.packages).filter(([path]) => /^(?:apps|packages)\//.test(path)).flatMap(([, { dependencies = {} }]) => Object.keys(dependencies));
  expect(ours.length).toBeGreaterThan(20);
  expect(ours.filter((name) => /xml|libxml|sax|dompurify|xpath/i.test(name))).toEqual([]);
});

test('hashes are SHA-256, nothing is enciphered by us, and no secret is drawn from Math.random', () => {
  const algorithms = sources.flatMap(({ text }) => [...text.matchAll(/create(?:Hash|Hmac)\(\s*'([^']+)'/g)].map(([, name]) => name));
  expect(algorithms.length).toBeGreaterThan(5);
  expect(new Set(algorithms)).toEqual(new Set(['sha256']));
  expect(holding(/createCipher|createDecipher|publicEncrypt|privateDecrypt|\bmd5\b|'sha1'/i)).toEqual([]);
  // Where it is used it spreads attempts over time.
  for (const path of holding(/Math\.random/)) expect(readFileSync(join(root, path), 'utf8'), path).toMatch(/random = Math\.random/);
});

test('no answer opens itself to other origins, and no upload or socket of a visitor’s is taken', () => {
  expect(holding(/access-control-allow/i)).toEqual([]);
  expect(holding(/multipart|busboy|WebSocketServer|\.on\('upgrade'/i)).toEqual([]);
});

test('what a page keeps in the browser is the burner wallet of local chains and nothing else', () => {
  expect(holding(/localStorage|sessionStorage|indexedDB|document\.cookie/)).toEqual(['apps/web/src/wallets/burner.ts']);
});
