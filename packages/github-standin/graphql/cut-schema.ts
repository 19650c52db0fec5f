// Brings GitHub's published GraphQL schema to a temporary folder, keeps the fields we answer, and writes them to
// `github.graphql` beside this file.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildASTSchema, Kind, parse, print, visit, type DefinitionNode, type DocumentNode, type TypeNode } from 'graphql';
import { fields, takenArguments } from './fields.ts';

const source = '@octokit/graphql-schema@15.26.1';

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));
const isObjectLike = (node: DefinitionNode) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
const builtIn = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

/** The schema with these fields only, without words for readers. Fails for a field that GitHub does not have. */
function cut(whole: DocumentNode): DocumentNode {
  const missing = new Set(Object.entries(fields).flatMap(([type, names]) => names.map((name) => `${type}.${name}`)));
  const needed = new Set<string>();
  const kept = whole.definitions.filter(isObjectLike).filter((it) => Object.hasOwn(fields, it.name.value)).map((it) => {
    const taken = (it.fields ?? []).filter((field) => missing.delete(`${it.name.value}.${field.name.value}`));
    return {
      ...it,
      directives: [],
      interfaces: (it.interfaces ?? []).filter((one) => Object.hasOwn(fields, one.name.value)),
      fields: taken.map((field) => ({ ...field, directives: [], arguments: (field.arguments ?? []).filter((one) => takenArguments.has(one.name.value)).map((one) => ({ ...one, directives: [] })) })),
    };
  });
  if (missing.size > 0) throw new Error(`not in GitHub's schema: ${[...missing].join(', ')}`);
  for (const type of kept) for (const field of type.fields) {
    for (const used of [field.type, ...field.arguments.map((it) => it.type)]) if (!builtIn.has(nameOf(used)) && !Object.hasOwn(fields, nameOf(used))) needed.add(nameOf(used));
  }
  const others = whole.definitions.flatMap((it): DefinitionNode[] => {
    if (!('name' in it) || it.name === undefined || !needed.delete(it.name.value)) return [];
    return it.kind === Kind.UNION_TYPE_DEFINITION ? [{ ...it, types: (it.types ?? []).filter((one) => Object.hasOwn(fields, one.name.value)) }] : [it];
  });
  if (needed.size > 0) throw new Error(`needed and not defined: ${[...needed].join(', ')}`);
  const lean = visit({ kind: Kind.DOCUMENT, definitions: [...kept, ...others] }, { enter: (node) => ('description' in node && node.description !== undefined ? { ...node, description: undefined } : undefined) });
  buildASTSchema(lean);
  return lean;
}

const folder = await mkdtemp(join(tmpdir(), 'cut-schema-'));
try {
  const packed = execFileSync('npm', ['pack', source, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', packed, 'package/schema.graphql'], { cwd: folder });
  const text = `# Cut from ${source} (MIT) by cut-schema.ts.\n${print(cut(parse(await readFile(join(folder, 'package/schema.graphql'), 'utf8'))))}\n`;
  await writeFile(new URL('github.graphql', import.meta.url), text);
  process.stdout.write(`github.graphql: ${String(text.length)} bytes\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
