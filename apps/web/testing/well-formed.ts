const name = /^[A-Za-z_][\w:.-]*$/;
const character = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const reference = /&(?!(?:amp|lt|gt|quot|apos|#39);)/;

/** Why a text is no well-formed XML document, for the part of XML that we write: no comments, no CDATA, no DTD. Stricter than XML, never laxer. */
export function malformed(xml: string): string | undefined {
  if (!character.test(xml)) return 'a character that XML has no way to write';
  const body = xml.replace(/^<\?xml version="1\.0" encoding="utf-8"\?>\n/, '');
  const open: string[] = [];
  let roots = 0;
  for (const [token] of body.matchAll(/<[^>]*>|[^<]+|</g)) {
    if (!token.startsWith('<')) {
      if (reference.test(token)) return `a bare & in ${token}`;
      if (open.length === 0 && token.trim() !== '') return `text outside of the root: ${token}`;
      continue;
    }
    const tag = /^<(\/?)(\S+?)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>$/s.exec(token);
    const [, isEnd, tagName = '', attributes = '', isEmpty] = tag ?? [];
    if (tag === null || !name.test(tagName)) return `no tag: ${token}`;
    if (reference.test(attributes)) return `a bare & in ${token}`;
    const names = [...attributes.matchAll(/([\w:.-]+)="/g)].map(([, one]) => one);
    if (new Set(names).size !== names.length) return `an attribute twice in ${token}`;
    if (isEnd === '/') {
      if (open.pop() !== tagName) return `${token} ends nothing`;
      continue;
    }
    if (open.length === 0 && roots++ > 0) return 'two roots';
    if (isEmpty === '') open.push(tagName);
  }
  return open.length > 0 ? `${open.join(', ')} without end` : roots === 1 ? undefined : 'no root';
}
