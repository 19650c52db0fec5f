import fc from 'fast-check';
import { expect, test } from 'vitest';
import { childTraceparent, correlationId, currentTraceparent, formatTraceparent, newTraceparent, parseTraceparent, withTrace } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const header = `00-${traceId}-${spanId}-01`;

test('the example of the specification is read', () => {
  expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled: true });
  expect(parseTraceparent(`00-${traceId}-${spanId}-00`)).toEqual({ traceId, spanId, sampled: false });
});

test('a later version is read by the fields of version 00, and sent on as version 00', () => {
  const later = parseTraceparent(`cc-${traceId}-${spanId}-03-what-the-future-adds`);
  expect(later).toEqual({ traceId, spanId, sampled: true });
  expect(later && formatTraceparent(later)).toBe(header);
});

test.each([
  ['absent', undefined], ['empty', ''], ['upper case', header.toUpperCase()], ['version ff', `ff-${traceId}-${spanId}-01`], ['version 00 with more behind it', `${header}-00`],
  ['a zero trace id', `00-${'0'.repeat(32)}-${spanId}-01`], ['a zero span id', `00-${traceId}-${'0'.repeat(16)}-01`], ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
  ['two headers joined', `${header}, ${header}`], ['blanks', ` ${header}`], ['a line break', `${header}\n`], ['a later version with a tail without its dash', `01-${traceId}-${spanId}-01x`], ['no hexadecimal', `00-${traceId.replace('4', 'g')}-${spanId}-01`],
])('%s is invalid', (_, text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

test('what is created is valid, whatever the random source gives', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }).filter((bytes) => bytes.some((byte) => byte > 0)), (bytes) => {
    let at = 0;
    const random = (count: number) => Buffer.from(Array.from({ length: count }, () => bytes[at++ % bytes.length] ?? 1));
    expect(parseTraceparent(newTraceparent(random))).toBeDefined();
  }));
});

test('a child keeps the trace and has a span of its own', () => {
  const child = parseTraceparent(childTraceparent(`00-${traceId}-${spanId}-00`));
  expect(child).toMatchObject({ traceId, sampled: false });
  expect(child?.spanId).not.toBe(spanId);
});

test('an invalid parent begins a new trace', () => {
  expect(parseTraceparent(childTraceparent('nonsense'))).toBeDefined();
});

test('the trace follows the work across awaits, and ends with it', async () => {
  await withTrace(header, async () => {
    await Promise.resolve();
    expect(correlationId()).toBe(traceId);
    expect(currentTraceparent()).not.toBe(header);
    await Promise.all(['a', 'b'].map((digit) => withTrace(`00-${digit.repeat(32)}-${spanId}-01`, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      expect(correlationId()).toBe(digit.repeat(32));
    })));
    expect(correlationId()).toBe(traceId);
  });
  expect(currentTraceparent()).toBeUndefined();
});
