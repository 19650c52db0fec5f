import { readFileSync } from 'node:fs';
import type { AccountNode, ConstantPdaSeedNode, PdaNode, RootNode, StructFieldTypeNode, TypeNode, VariablePdaSeedNode, Version } from '@codama/node-types';
import { associatedTokenProgram, depositLayout, identityLayout, instructionNumbers, localProgram, operatorLayout, programErrors, terms, tokenProgram } from '../src/index.ts';
import { eventBytes, eventVersion } from '../src/events.ts';
import { accountVersion, depositStates, identityStates, kindBytes, type AccountLayout, type Field, type FieldKind } from '../src/layout.ts';
import { instructions } from './instructions.ts';
import { address, bytes, choice, defined, field, flag, i64, key, list, named, number, optionalAddress, struct, u64, u8, unused, value } from './nodes.ts';

const types: Readonly<Record<FieldKind, TypeNode>> = { u8, u16: number('u16'), u64, i64, address, hash: bytes(32) };
/** What the table of offsets leaves to the decoders: flags, states, and addresses that can be none. */
const closer: Readonly<Record<string, TypeNode>> = {
  withRelayer: flag, vetoed: flag, contested: flag, contestedBefore: flag,
  approver: optionalAddress, mint: optionalAddress, relayer: optionalAddress, attestor: optionalAddress, nextRelayer: optionalAddress, nextAttestor: optionalAddress, pendingWallet: optionalAddress,
};

function account(name: string, { discriminator, size, fields }: AccountLayout): AccountNode {
  const listed: StructFieldTypeNode[] = [field('discriminator', u8, discriminator), field('version', u8, accountVersion)];
  let end = 2;
  const fill = (to: number) => { if (to > end) listed.push(unused(`unused${end}`, to - end)); };
  for (const [of, { kind, offset, count }] of Object.entries<Field>(fields)) {
    fill(offset);
    const type = of === 'state' ? defined(`${name}State`) : closer[of] ?? types[kind];
    listed.push(field(of, count === undefined ? type : list(type, count)));
    end = offset + kindBytes[kind] * (count ?? 1);
  }
  fill(size);
  return {
    kind: 'accountNode', name: named(name), size, data: struct(listed), pda: { kind: 'pdaLinkNode', name: named(name) },
    discriminators: [{ kind: 'fieldDiscriminatorNode', name: named('discriminator'), offset: 0 }, { kind: 'sizeDiscriminatorNode', size }],
  };
}

const word = (text: string): ConstantPdaSeedNode => ({ kind: 'constantPdaSeedNode', type: { kind: 'stringTypeNode', encoding: 'utf8' }, value: { kind: 'stringValueNode', string: text } });
const seed = (name: string, type: TypeNode): VariablePdaSeedNode => ({ kind: 'variablePdaSeedNode', name: named(name), type });

const pdas: PdaNode[] = [
  { kind: 'pdaNode', name: named('operator'), seeds: [word('operator'), seed('firstAdmin', address)] },
  { kind: 'pdaNode', name: named('identity'), seeds: [word('identity'), seed('operator', address), seed('githubId', u64)] },
  { kind: 'pdaNode', name: named('deposit'), seeds: [word('deposit'), seed('operator', address), seed('repositoryId', u64), seed('issueId', u64), seed('funder', address), seed('nonce', u64)] },
  { kind: 'pdaNode', name: named('vault'), seeds: [word('vault'), seed('deposit', address)] },
  { kind: 'pdaNode', name: named('associatedToken'), programId: associatedTokenProgram, seeds: [seed('wallet', address), { kind: 'constantPdaSeedNode', type: address, value: key(tokenProgram) }, seed('mint', address)] },
];

const camel = (name: string) => name.toLowerCase().replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: Version }).version;

/** The program as Codama describes programs, from the tables that the rest is made of. Its address is that of the local chain. */
export function idl(): RootNode {
  return {
    kind: 'rootNode',
    standard: 'codama',
    version: '1.0.0',
    program: {
      kind: 'programNode',
      name: named('doubloonEscrow'),
      publicKey: localProgram,
      version,
      docs: ['Deposits for GitHub issues. The address is that of local chains: a release on a public cluster names its own.'],
      accounts: [account('operator', operatorLayout), account('identity', identityLayout), account('deposit', depositLayout)],
      instructions: instructions(),
      definedTypes: [
        { kind: 'definedTypeNode', name: named('depositState'), type: choice(depositStates) },
        { kind: 'definedTypeNode', name: named('identityState'), type: choice(identityStates) },
        { kind: 'definedTypeNode', name: named('instructionName'), type: choice(instructionNumbers) },
        { kind: 'definedTypeNode', name: named('share'), type: struct([field('githubId', u64), field('bps', number('u16'))]) },
      ],
      pdas,
      events: [{
        kind: 'eventNode',
        name: named('change'),
        docs: ['A hint in the log: logs can be cut, the accounts are the truth.'],
        data: struct([field('version', u8, eventVersion), field('by', defined('instructionName')), unused('unused2', 6), field('account', address), field('sequence', u64), field('amount', u64)]),
        discriminators: [{ kind: 'fieldDiscriminatorNode', name: named('version'), offset: 0 }, { kind: 'sizeDiscriminatorNode', size: eventBytes }],
      }],
      errors: Object.entries(programErrors).map(([name, [code, message]]) => ({ kind: 'errorNode', name: named(camel(name)), code, message })),
      constants: Object.entries(terms).map(([name, amount]) => ({ kind: 'constantNode', name: named(name), type: u64, value: value(Number(amount)) })),
    },
  };
}

/** What `idl.json` holds. */
export const idlText = (): string => `${JSON.stringify(idl(), null, 1)}\n`;
