import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** The command as a process of its own, as a person runs it. */
async function doubloon(args: readonly string[], input: string | Uint8Array): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

const known = ['--denoms', 'sol:9,usdc:6'];

test('an offer is printed with the published keys, in the published order', async () => {
  const answer = await doubloon(['parse', ...known], 'x $usdc:1.5$\n');
  expect(answer).toEqual({ code: 0, err: '', out: '[{"kind":"offer","ordinal":0,"start":2,"end":12,"denom":"usdc","amount":"1500000","text":"1.5"}]\n' });
});

test('every kind of finding, in the order of the text', async () => {
  const comment = ['$usdc:50$ or $usdc:1,000$', '/award @ada 70% @grace 30%', '/award #123', '/award @ada @ada', '/attempt'].join('\n');
  const { code, out } = await doubloon(['parse', ...known], comment);
  expect(code).toBe(0);
  expect(out).toBe(
    `[${[
      '{"kind":"offer","ordinal":0,"start":0,"end":9,"denom":"usdc","amount":"50000000","text":"50"}',
      '{"kind":"rejected","ordinal":1,"start":13,"end":25,"denom":"usdc","reason":"separator"}',
      '{"kind":"award","ordinal":2,"start":26,"end":52,"shares":[{"login":"ada","bps":7000},{"login":"grace","bps":3000}]}',
      '{"kind":"award","ordinal":3,"start":53,"end":64,"pullRequest":123}',
      '{"kind":"rejected","ordinal":4,"start":65,"end":81,"command":"award","reason":"duplicate"}',
      '{"kind":"attempt","ordinal":5,"start":82,"end":90}',
    ].join(',')}]\n`,
  );
});

test('nothing found is an empty array', async () => {
  expect(await doubloon(['parse', ...known], '')).toEqual({ code: 0, err: '', out: '[]\n' });
});

test('a byte order mark counts in the offsets', async () => {
  expect((await doubloon(['parse', ...known], '\uFEFF$sol:1$')).out).toContain('"start":1,"end":8');
});

describe('what can’t be used is one sentence on standard error and exit code 2', () => {
  test.each<[string, string[], string | Uint8Array, RegExp]>([
    ['no denoms', ['parse'], '', /Say which denoms are known/],
    ['a denom without decimals', ['parse', '--denoms', 'sol'], '', /"sol" in --denoms is not a denom/],
    ['a denom in upper case', ['parse', '--denoms', 'SOL:9'], '', /"SOL:9" in --denoms/],
    ['too many decimals', ['parse', '--denoms', 'sol:19'], '', /"sol:19" in --denoms/],
    ['a denom twice', ['parse', '--denoms', 'sol:9,sol:9'], '', /sol stands twice/],
    ['an empty list', ['parse', '--denoms', ''], '', /"" in --denoms/],
    ['a flag that is not known', ['parse', ...known, '--fast'], '', /Unknown option '--fast'/],
    ['a file name', ['parse', ...known, 'comment.md'], '', /comment\.md/],
    ['bytes that are no UTF-8', ['parse', ...known], Uint8Array.of(0x24, 0xff), /not UTF-8/],
    ['no such command', ['fly'], '', /There is no command "fly"/],
    ['a name of every object', ['constructor'], '', /There is no command "constructor"/],
  ])('%s', async (_name, args, input, sentence) => {
    const { code, out, err } = await doubloon(args, input);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/\n\s+at /);
  });
});
