import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';

test('GitHub-flavoured Markdown is rendered', () => {
  const html = renderMarkdown('**bold** ~~gone~~ https://example.org\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done');
  expect(html).toContain('<strong>bold</strong>');
  expect(html).toContain('<del>gone</del>');
  expect(html).toContain('<a href="https://example.org/" rel="nofollow noopener noreferrer ugc">');
  expect(html).toContain('<td>2</td>');
  expect(html).toContain('<span class="badge">done</span> done');
});

test('HTML comments are not shown, closed or not', () => {
  expect(renderMarkdown('<!-- doubloon {"v":1} -->\nseen')).not.toContain('doubloon');
  expect(renderMarkdown('seen <!-- hidden --> too')).not.toContain('hidden');
  expect(renderMarkdown('seen\n\n<!-- never closed\n\n**x**')).not.toContain('never closed');
});

const hostile = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', '<details open ontoggle=alert(1)>', '<a href="javascript:alert(1)">x</a>', '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))', '[x](data:text/html,<script>alert(1)</script>)', '[x](vbscript:x)', '![x](javascript:alert(1))', '<javascript:alert(1)>', '[x]: javascript:alert(1)\n[x]',
  '<iframe src="//x"></iframe>', '<form action="/-/user"><input name=user></form>', '<style>*{display:none}</style>', '<base href="//x">', '<meta http-equiv=refresh content=0>',
  '[x](https://a.example/"onmouseover="alert(1))', '[x](https://a.example "title\\" onmouseover=alert(1)")', '```"><script>alert(1)</script>\nx\n```', '`<script>`', '<!-- --!><script>alert(1)</script> -->',
  '<scr<script>ipt>alert(1)</script>', '<kbd onclick=alert(1)>x</kbd>', '<br/onclick=alert(1)>', '| <img src=x onerror=alert(1)> |\n|---|', '# <b onmouseover=alert(1)>x', '</article></main><h1>page</h1>', '<plaintext>',
];
// Every tag that may come out, exactly as it may come out.
const tame = /^<\/?(?:p|strong|em|del|ins|code|blockquote|ul|ol|li|h[3456]|table|thead|tbody|tr|td|hr|br|details|summary|sub|sup|kbd)>$|^<pre tabindex="0">$|^<\/(?:pre|a|span|div|th)>$|^<th scope="col">$|^<div class="wide" role="region" aria-label="Table" tabindex="0">$|^<a href="(?:https?:\/\/|mailto:|#)[^"<>\s]*" rel="nofollow noopener noreferrer ugc">$/;

test.each(hostile)('hostile text comes out as text: %s', (text) => {
  const tags = renderMarkdown(text).match(/<[^>]*>?/g) ?? [];
  expect(tags.filter((tag) => !tame.test(tag))).toEqual([]);
});

test('headings of a comment stay below those of the page, without a gap', () => expect(renderMarkdown('### a\n\n##### b\n\n###### c\n\n### d').match(/<h\d>/g)).toEqual(['<h3>', '<h4>', '<h5>', '<h3>']));
test('a link without a safe address keeps its words', () => expect(renderMarkdown('[words](javascript:x)')).toBe('<p>words</p>\n'));
test('harmless HTML stays, without attributes', () => expect(renderMarkdown('<details><summary>more</summary>\n\ntext\n\n</details>')).toContain('<details><summary>more</summary>'));
test('a picture is a link and is not loaded', () => expect(renderMarkdown('![plan](https://example.org/a.png)')).toBe('<p><a href="https://example.org/a.png" rel="nofollow noopener noreferrer ugc">plan</a></p>\n'));
test('nesting without end is shown as it was written', () => {
  const text = '>'.repeat(60_000);
  expect(renderMarkdown(text)).toContain('&gt;&gt;');
});
