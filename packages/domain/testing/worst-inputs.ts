const length = 65_536;
const offer = '$usdc:5$ ';

/** The longest comment GitHub takes, made of one piece again and again, behind an offer in the same paragraph. */
const filled = (piece: string, tail = ''): string => offer + piece.repeat(Math.floor((length - offer.length - tail.length) / piece.length)) + tail;

const distinctRuns = (character: string): string => {
  let text = offer;
  for (let run = 1; text.length + run + 2 < length; run++) text += `${character.repeat(run)}a `;
  return text;
};

/** What makes a Markdown parser slow, as far as anyone here could find. Each holds an offer, so that none is skipped unread. */
export const worstInputs: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'links left open', text: filled('[a](') },
  { name: 'opening brackets', text: filled('[') },
  { name: 'closing brackets', text: filled(']') },
  { name: 'images left open', text: filled('![') },
  { name: 'brackets in brackets', text: offer + '['.repeat(32_000) + ']'.repeat(32_000) },
  { name: 'closed brackets in a row', text: filled('[a]') },
  { name: 'emphasis of two kinds', text: filled('*a_ ') },
  { name: 'emphasis that closes late', text: filled('a**b', 'c* ') },
  { name: 'emphasis opened only', text: filled('*a ') },
  { name: 'emphasis in emphasis', text: offer + '*a '.repeat(10_000) + ' a*'.repeat(10_000) },
  { name: 'strike-through', text: filled('~~a ~') },
  { name: 'code spans of every length', text: distinctRuns('`') },
  { name: 'mathematics of every length', text: distinctRuns('$') },
  { name: 'comments left open', text: filled('<!-- a ') },
  { name: 'processing instructions left open', text: filled('<?a ') },
  { name: 'declarations left open', text: filled('<!A ') },
  { name: 'CDATA left open', text: filled('<![CDATA[ ') },
  { name: 'tags with open quotes', text: filled('<a b="') },
  { name: 'tags with many attributes', text: filled('<a b b b b b b b b b ') },
  { name: 'a URL that ends in exclamation marks', text: `${offer}http://example.org/${'!'.repeat(65_000)}a` },
  { name: 'a URL of ampersands', text: `${offer}http://example.org/${'&a'.repeat(32_000)}` },
  { name: 'a URL of parentheses', text: `${offer}http://example.org/${')'.repeat(65_000)}` },
  { name: 'mail addresses without end', text: filled('a@b.') },
  { name: 'underscores in mail addresses', text: filled('a_') },
  { name: 'quotes in quotes', text: offer + '\n\n' + '>'.repeat(60_000) },
  { name: 'lists in lists', text: offer + '\n\n' + '- '.repeat(30_000) + 'a' },
  { name: 'lists indented further and further', text: offer + '\n\n' + Array.from({ length: 350 }, (_, depth) => `${' '.repeat(depth)}* a\n`).join('') },
  { name: 'definitions and references', text: offer + '[a] '.repeat(4_000) + '\n\n' + Array.from({ length: 4_000 }, (_, index) => `[${String(index)}]: b\n`).join('') },
  { name: 'footnotes', text: offer + '[^1]'.repeat(12_000) + '\n\n[^1]: a' },
  { name: 'a table of many columns', text: `${offer}\n\n${'|a'.repeat(10_000)}|\n${'|-'.repeat(10_000)}|\n${'|a'.repeat(10_000)}|` },
  { name: 'a table of many rows', text: `${offer}\n\n|a|\n|-|\n${'|a\n'.repeat(20_000)}` },
  { name: 'a table whose head never ends', text: `${offer}\n\n${'|'.repeat(60_000)}` },
  { name: 'entities', text: filled('&amp;') },
  { name: 'escapes', text: filled('\\*') },
  { name: 'near misses', text: filled('$usdc:5 000 000 000 000 000 000 000 000 00x$ ') },
  { name: 'offers', text: filled('$usdc:5$ ') },
  { name: 'offers in list items', text: filled('\n- $usdc:5$') },
  { name: 'awards', text: filled('\n/award @a, @b and @c') },
  { name: 'an award of white space', text: `${offer}\n/award @a${' '.repeat(65_000)}@b` },
  { name: 'summaries', text: filled(' <summary>') },
  { name: 'details and summaries', text: filled('a <details><summary> </details>') },
  { name: 'attributions', text: filled('\nOn a') },
  { name: 'bare URLs of no scheme', text: filled('a://') },
  { name: 'line endings', text: filled('\r') },
  { name: 'tabs', text: filled('\t- ') },
  { name: 'zero bytes', text: filled('\0') },
];
