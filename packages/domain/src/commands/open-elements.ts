/** Elements whose content is not the author's prose, or not shown, by how long an unclosed one lasts. */
const blocks = new Set(['summary', 'blockquote', 'pre']);
const phrases = new Set(['code', 'kbd', 'samp', 'tt', 'q', 'a']);
/** Closing these closes whatever is still open inside. */
const containers = new Set(['details']);

const tag = /<!--(?:-?>|[\s\S]*?(?:-->|$))|<(\/?)([A-Za-z][A-Za-z0-9-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>/g;

interface Open {
  readonly name: string;
  readonly phrase: boolean;
}

/** Which HTML elements are open at a point of the document: those that hide prose, and `details`, which ends them. */
export interface OpenElements {
  /** Whether text here is hidden by an element around it. */
  readonly hiding: boolean;
  /** How deep it is now; for `closeTo`. */
  readonly depth: number;
  /** Reads the tags in raw HTML. `inline`: it stands within a paragraph. Answers where a comment begins that it leaves open. */
  read(html: string, inline: boolean): number | undefined;
  /** The block or list item ended, and with it what was opened inside. */
  closeTo(depth: number): void;
  /** The paragraph ended, and with it `code`, links and the like that were opened in its text. */
  closePhrases(): void;
}

export function openElements(): OpenElements {
  const stack: Open[] = [];
  const counts = new Map<string, number>();
  let hiding = 0;

  const count = (name: string, by: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + by);
    if (!containers.has(name)) hiding += by;
  };
  const pop = (): string | undefined => {
    const name = stack.pop()?.name;
    if (name !== undefined) count(name, -1);
    return name;
  };
  const push = (name: string, phrase: boolean): void => {
    stack.push({ name, phrase });
    count(name, 1);
  };

  return {
    get hiding() {
      return hiding > 0;
    },
    get depth() {
      return stack.length;
    },
    read(html, inline) {
      for (const { 0: whole, 1: slash, 2: word, 3: attributes = '', index } of html.matchAll(tag)) {
        if (word === undefined) {
          if (!whole.endsWith('>')) return index;
          continue;
        }
        const name = word.toLowerCase();
        if (!blocks.has(name) && !phrases.has(name) && !containers.has(name)) continue;
        if (slash === '/') {
          if ((counts.get(name) ?? 0) > 0) while (pop() !== name);
        } else if (name !== 'a' || /\shref\b/i.test(attributes)) push(name, inline && phrases.has(name));
      }
      return undefined;
    },
    closeTo(depth) {
      while (stack.length > depth) pop();
    },
    closePhrases() {
      const kept = stack.filter(({ phrase }) => !phrase);
      if (kept.length === stack.length) return;
      while (stack.length > 0) pop();
      for (const { name, phrase } of kept) push(name, phrase);
    },
  };
}
