import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decimalsOf, parseDenoms } from './denoms.ts';

const folder = new URL('../denoms/', import.meta.url);
const mint = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';
const sol = { name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer: 'the chain' };
const usdc = { name: 'usdc', mint, decimals: 6, tokenProgram: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', issuer: 'Circle' };

test.each(readdirSync(folder))('%s can be used and names its cluster', (file) => {
  const denoms = parseDenoms(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  expect(denoms.cluster).toBe(basename(file, '.json'));
});

test('the local chain knows SOL and a token', () => {
  const denoms = parseDenoms(JSON.parse(readFileSync(new URL('localnet.json', folder), 'utf8')));
  expect([...decimalsOf(denoms)]).toEqual([['sol', 9], ['usdc', 6]]);
});

test('a list with a token', () => {
  const denoms = parseDenoms({ cluster: 'devnet', genesisHash: mint, denoms: [sol, usdc] });
  expect(denoms).toEqual({ cluster: 'devnet', genesisHash: mint, denoms: [sol, usdc] });
  expect(decimalsOf(denoms).get('usdc')).toBe(6);
});

describe('a list that contradicts itself or the grammar is refused', () => {
  test.each([
    ['no denoms', []],
    ['a name twice', [usdc, { ...usdc, mint: sol.name.padEnd(40, '1') }]],
    ['one mint under two names', [usdc, { ...usdc, name: 'usdx' }]],
    ['SOL twice', [sol, { ...sol, name: 'wsol' }]],
    ['upper case', [{ ...usdc, name: 'USDC' }]],
    ['a name of one letter', [{ ...usdc, name: 'e' }]],
    ['a mint that is no address', [{ ...usdc, mint: '0OIl' }]],
    ['a mint without its token program', [{ ...usdc, tokenProgram: null }]],
    ['SOL with 6 decimals', [{ ...sol, decimals: 6 }]],
    ['fractions of decimals', [{ ...usdc, decimals: 0.5 }]],
    ['a key that is not known', [{ ...usdc, decimal: 6 }]],
  ])('%s', (_name, denoms) => {
    expect(() => parseDenoms({ cluster: 'devnet', denoms })).toThrow(expect.objectContaining({ code: 'DENOMS_INVALID' }));
  });
});

test.each([null, 5, [], '{}'])('%j is no list', (json) => {
  expect(() => parseDenoms(json)).toThrow(expect.objectContaining({ code: 'DENOMS_INVALID' }));
});
