import { Marked, type Tokens, type TokensList } from 'marked';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (it) => escapes[it] ?? it);

/**
 * HTML that may stand in a comment, without attributes. None of these is a formatting element in the sense of the HTML
 * parser, so that one left open ends with its comment and never reaches what follows.
 */
const allowed = /^<(\/?)(details|summary|sub|sup|kbd|br|hr|ins|del)\s*\/?>$/i;

function cleanHtml(raw: string): string {
  return raw
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '')
    .split(/(<[^<>]*>)/)
    .map((part) => {
      const [, closing, name] = allowed.exec(part) ?? [];
      return name === undefined ? escapeHtml(part) : `<${closing ?? ''}${name.toLowerCase()}>`;
    })
    .join('');
}

/** An address that a link may lead to, or `undefined`. */
function safeAddress(href: string): string | undefined {
  if (href.startsWith('#')) return href;
  try {
    const url = new URL(href);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const link = (href: string, inner: string): string => {
  const address = safeAddress(href);
  return address === undefined ? inner : `<a href="${escapeHtml(address)}" rel="nofollow noopener noreferrer ugc">${inner}</a>`;
};

const marked = new Marked({ gfm: true, breaks: true });
marked.use({
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => cleanHtml(text),
    link(token: Tokens.Link) {
      return link(token.href, this.parser.parseInline(token.tokens));
    },
    // Pictures are linked and not loaded: a page to develop with calls nobody.
    image: (token: Tokens.Image) => link(token.href, escapeHtml(token.text === '' ? 'image' : token.text)),
    heading(token: Tokens.Heading) {
      return `<h${token.depth}>${this.parser.parseInline(token.tokens)}</h${token.depth}>\n`;
    },
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '<span class="badge">done</span> ' : '<span class="badge">to do</span> '),
    code: ({ text }: Tokens.Code) => `<pre tabindex="0"><code>${escapeHtml(text)}\n</code></pre>\n`,
    table(token: Tokens.Table) {
      const cell = (it: Tokens.TableCell, tag: 'th' | 'td') => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(it.tokens)}</${tag}>`;
      const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td') => `<tr>${cells.map((it) => cell(it, tag)).join('')}</tr>`;
      const body = token.rows.map((it) => row(it, 'td')).join('\n');
      return `<div class="wide" role="region" aria-label="Table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
    },
  },
});

/** The page's own headings come first: the highest of a comment is h3 here, and no level between is left out. */
function lowerHeadings(tokens: TokensList): void {
  const headings: Tokens.Heading[] = [];
  void marked.walkTokens(tokens, (token) => {
    if (token.type === 'heading') headings.push(token as Tokens.Heading);
  });
  const depths = [...new Set(headings.map((it) => it.depth))].sort((a, b) => a - b);
  for (const heading of headings) heading.depth = Math.min(3 + depths.indexOf(heading.depth), 6);
}

/** GitHub-flavoured Markdown as HTML that is safe to show, whoever wrote it. HTML comments are left out. */
export function renderMarkdown(text: string): string {
  try {
    const tokens = marked.lexer(text);
    lowerHeadings(tokens);
    return marked.parser(tokens);
  } catch {
    // Nesting without end exhausts the parser: then the text is shown as it was written.
    return `<pre tabindex="0">${escapeHtml(text)}</pre>`;
  }
}
