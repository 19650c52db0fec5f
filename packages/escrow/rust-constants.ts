import { addressBytes, type Address } from './src/address.ts';
import { associatedTokenProgram, tokenProgram, wrappedSol } from './src/companions.ts';
import { accountVersion, deciderBits, depositLayout, depositStates, identityLayout, identityStates, instructionNumbers, keyBits, mostDisablings, operatorLayout, type AccountLayout } from './src/layout.ts';
import { eventBytes, eventVersion } from './src/events.ts';
import { programErrors } from './src/program-errors.ts';
import { terms } from './src/terms.ts';

const words = (name: string) => name.replace(/([A-Z])/g, '_$1').toUpperCase();
const camel = (name: string) => name.toLowerCase().replace(/(^|_)(\w)/g, (_match, _start, letter: string) => letter.toUpperCase());
const grouped = (value: bigint | number) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '_');

const bytes = (prefix: string, numbers: Readonly<Record<string, number>>) =>
  Object.entries(numbers).map(([name, number]) => `pub const ${prefix}${words(name)}: u8 = ${number};`);

const key = (name: string, address: Address) => [`/// ${address}`, `pub static ${name}: Address = Address::new_from_array([${[...addressBytes(address)].join(', ')}]);`];

const layout = (name: string, { discriminator, size, fields }: AccountLayout) => [
  `pub mod ${name} {`,
  `    pub const DISCRIMINATOR: u8 = ${discriminator};`,
  `    pub const SIZE: usize = ${size};`,
  ...Object.entries(fields).map(([field, { offset }]) => `    pub const ${words(field)}: usize = ${offset};`),
  '}',
];

/** The program's constants, from the tables that TypeScript reads by: `node packages/escrow/program/generate.ts` writes them. */
export function rustConstants(): string {
  const errors = Object.entries(programErrors);
  const signed = new Set(['lamportsPerByteFloor', 'accountOverheadBytes', 'maxShares']);
  return [
    '//! Written by `generate.ts` from the tables in `packages/escrow/src`; a test fails when the two differ.',
    '',
    'use pinocchio::Address;',
    '',
    ...key('TOKEN_PROGRAM', tokenProgram),
    ...key('ASSOCIATED_TOKEN_PROGRAM', associatedTokenProgram),
    ...key('WRAPPED_SOL', wrappedSol),
    '',
    `pub const ACCOUNT_VERSION: u8 = ${accountVersion};`,
    `pub const EVENT_VERSION: u8 = ${eventVersion};`,
    `pub const MOST_DISABLINGS: u64 = ${mostDisablings};`,
    `pub const EVENT_BYTES: usize = ${eventBytes};`,
    '',
    ...Object.entries(terms).map(([name, value]) => `pub const ${words(name)}: ${signed.has(name) ? 'u64' : 'i64'} = ${grouped(value)};`),
    '',
    ...bytes('INSTRUCTION_', instructionNumbers),
    '',
    ...bytes('DEPOSIT_', depositStates),
    ...bytes('IDENTITY_', identityStates),
    ...bytes('DECIDER_', deciderBits),
    ...bytes('KEY_', keyBits),
    '',
    ...layout('operator', operatorLayout),
    '',
    ...layout('identity', identityLayout),
    '',
    ...layout('deposit', depositLayout),
    '',
    '#[repr(u64)]',
    '#[derive(Clone, Copy, Debug, PartialEq, Eq)]',
    'pub enum EscrowError {',
    ...errors.flatMap(([name, [number, sentence]]) => [`    /// ${sentence}`, `    ${camel(name)} = ${number},`]),
    '}',
    '',
    `pub const ERRORS: [EscrowError; ${errors.length}] = [`,
    ...errors.map(([name]) => `    EscrowError::${camel(name)},`),
    '];',
    '',
  ].join('\n');
}
