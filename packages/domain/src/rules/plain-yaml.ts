import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, YAMLParseError, type Node } from 'yaml';

/** A tree of texts: whatever a scalar looks like, it is its text. Objects have no prototype. */
export type Plain = string | Plain[] | { [key: string]: Plain };

/** What is wrong, and where. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

export interface PlainYaml {
  readonly tree: Plain;
  /** The line of what stands at a path, or of the nearest thing above it. */
  lineAt(path: readonly PropertyKey[]): number;
}

/** Forty times what a file with every rule has: what is longer is no file of rules. */
export const mostBytes = 16_384;
/** Deeper than any rule. The library calls itself for each level. */
const mostDepth = 8;
const tooDeep: Problem = { line: 1, text: 'the file is nested more deeply than any rule' };

const words: Partial<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line: use spaces',
  MULTIPLE_DOCS: 'a second document begins here: there may be one only',
  BAD_INDENT: 'this line is not indented like its neighbours',
};

/** Whether a file opens more brackets at once than any rule does; those in quotes count too. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (depth > mostDepth) return true;
  }
  // Blocks go deeper by indentation, and by dashes on one line.
  return /^(?: {32,}[^\s#]|[ ]*(?:[-?:] +){8})/m.test(text);
}

/**
 * Reads the part of YAML that needs no explanation: maps, lists and texts, each written once. Anchors, aliases, tags,
 * merged keys and second documents are problems, and so is a file of more than 16 KiB. Total: hostile text is a problem too.
 */
export function readPlainYaml(text: string): PlainYaml | { readonly problems: readonly Problem[] } {
  if (new TextEncoder().encode(text).length > mostBytes) return { problems: [{ line: 1, text: 'the file has more than 16 KiB' }] };
  if (isTooDeep(text)) return { problems: [tooDeep] };
  const lines = new LineCounter();
  // `failsafe` makes no numbers, dates or truths of words: `5.10` stays five dollars ten, and `no` stays Norway.
  const document = composed(text, lines);
  if (document === undefined) return { problems: [tooDeep] };
  const lineOf = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  // A directive could bring another version of YAML, where words mean more.
  if (document.directives?.yaml.explicit === true) return { problems: [{ line: 1, text: 'a line with % asks for another version of YAML: leave it out' }] };
  const problems = [...document.errors, ...document.warnings].map((error) => ({ line: lineOf(error.pos[0]), text: said(error) }));
  if (problems.length > 0) return { problems };

  const places = new Map<string, number>();
  const found: Problem[] = [];
  const refuse = (node: Node, why: string): Plain => {
    found.push({ line: lineOf(node.range?.[0] ?? 0), text: why });
    return '';
  };
  const plain = (node: Node | null, path: readonly PropertyKey[]): Plain => {
    if (node === null) return '';
    places.set(placeOf(path), lineOf(node.range?.[0] ?? 0));
    if (isAlias(node)) return refuse(node, 'this refers to another place: write it out');
    if ('anchor' in node && node.anchor !== undefined) return refuse(node, 'this has a name for others to refer to: write each of them out');
    if (node.tag !== undefined) return refuse(node, 'this has a type of its own: leave that out');
    if (isScalar(node)) return typeof node.value === 'string' ? node.value : '';
    if (isSeq<Node | null>(node)) return node.items.map((item, at) => plain(item, [...path, at]));
    if (!isMap<Node, Node | null>(node)) return refuse(node, 'this is neither a text, a list nor a map');
    const map = Object.create(null) as Record<string, Plain>;
    for (const { key, value } of node.items) {
      const name = plain(key, []);
      if (typeof name !== 'string' || name === '__proto__') return refuse(key, 'this is no key');
      // The library compares each key with all others, which takes a second for a file full of them.
      if (Object.hasOwn(map, name)) return refuse(key, 'this key stands twice');
      map[name] = plain(value, [...path, name]);
      places.set(placeOf([...path, name]), lineOf(key.range?.[0] ?? 0));
    }
    return map;
  };
  const read = plain(document.contents, []);
  const tree = read === '' ? (Object.create(null) as Record<string, Plain>) : read;
  if (found.length > 0) return { problems: found };
  return {
    tree,
    lineAt(path) {
      for (let length = path.length; length >= 0; length -= 1) {
        const line = places.get(placeOf(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
  };
}

function composed(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { schema: 'failsafe', lineCounter, prettyErrors: false, uniqueKeys: false, merge: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const placeOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

/** In our own words where people meet it; the library's may go on over several lines, and quote signs that a database, a screen or Markdown takes for more. */
function said(error: Error & { code: string }): string {
  if (error.code === 'TAG_RESOLVE_FAILED') return 'this has a type of its own: leave that out';
  const [first = ''] = error.message.split('\n');
  return words[error.code] ?? (error instanceof YAMLParseError ? first.replace(/\.$/, '').slice(0, 200).replaceAll(/[^\w ,.:;'"-]/g, '?') : 'this is no YAML of version 1.2');
}
