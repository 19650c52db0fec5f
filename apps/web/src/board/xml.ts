// What XML 1.0 has no way to write: most control characters, half of a surrogate pair, U+FFFE and U+FFFF.
const unwritable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Anybody's text as the text or an attribute of an XML document, whatever stands in it. */
export const xmlText = (text: string): string => text.replace(unwritable, '\ufffd').replace(/[&<>"']/g, (one) => entities[one] ?? one);

// Overrides, embeddings and isolates of the direction of writing: without their end they turn what comes after, too.
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
const [isolate, endOfIsolate] = ['\u2068', '\u2069'];

/** Somebody's words among ours, in plain text: they turn the direction of nothing but themselves, and take one line. */
export const isolated = (text: string): string => `${isolate}${text.replace(turning, '').replace(/[\t\n\r]+/g, ' ')}${endOfIsolate}`;
