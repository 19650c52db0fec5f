import type {
  ArrayTypeNode, BooleanTypeNode, CamelCaseString, DefinedTypeLinkNode, EnumTypeNode, FixedSizeTypeNode, InstructionAccountNode, InstructionArgumentNode, InstructionInputValueNode, NumberFormat, NumberTypeNode,
  NumberValueNode, PdaValueNode, PublicKeyTypeNode, PublicKeyValueNode, StructFieldTypeNode, StructTypeNode, TypeNode, ZeroableOptionTypeNode,
} from '@codama/node-types';
import type { Address } from '../src/index.ts';

/** Codama's names are camelCase, ours are too. */
export const named = (text: string) => text as CamelCaseString;

export const number = (format: NumberFormat): NumberTypeNode => ({ kind: 'numberTypeNode', format, endian: 'le' });
export const u8 = number('u8');
export const u64 = number('u64');
export const i64 = number('i64');
export const flag: BooleanTypeNode = { kind: 'booleanTypeNode', size: u8 };
export const address: PublicKeyTypeNode = { kind: 'publicKeyTypeNode' };
/** An address of 32 zero bytes is none. */
export const optionalAddress: ZeroableOptionTypeNode = { kind: 'zeroableOptionTypeNode', item: address };
export const bytes = (size: number): FixedSizeTypeNode => ({ kind: 'fixedSizeTypeNode', size, type: { kind: 'bytesTypeNode' } });
export const list = (item: TypeNode, count?: number): ArrayTypeNode => ({ kind: 'arrayTypeNode', item, count: count === undefined ? { kind: 'remainderCountNode' } : { kind: 'fixedCountNode', value: count } });
export const defined = (name: string): DefinedTypeLinkNode => ({ kind: 'definedTypeLinkNode', name: named(name) });
export const choice = (numbers: Readonly<Record<string, number>>): EnumTypeNode => ({
  kind: 'enumTypeNode',
  variants: Object.entries(numbers).map(([name, discriminator]) => ({ kind: 'enumEmptyVariantTypeNode', name: named(name), discriminator })),
  size: u8,
});

export const value = (of: number): NumberValueNode => ({ kind: 'numberValueNode', number: of });
export const key = (of: Address): PublicKeyValueNode => ({ kind: 'publicKeyValueNode', publicKey: of });

/** With a `fixed` value nobody passes it. */
export const field = (name: string, type: TypeNode, fixed?: number): StructFieldTypeNode =>
  ({ kind: 'structFieldTypeNode', name: named(name), type, ...(fixed !== undefined && { defaultValueStrategy: 'omitted' as const, defaultValue: value(fixed) }) });
/** Bytes that nobody uses and that are zero. */
export const unused = (name: string, size: number): StructFieldTypeNode => ({
  kind: 'structFieldTypeNode', name: named(name), type: bytes(size), defaultValueStrategy: 'omitted', defaultValue: { kind: 'bytesValueNode', data: '00'.repeat(size), encoding: 'base16' },
});
export const struct = (fields: StructFieldTypeNode[]): StructTypeNode => ({ kind: 'structTypeNode', fields });

/** Where an account stands unless told: the program address `pda`, whose seeds are other accounts and arguments of the instruction. */
export const at = (pda: string, { accounts = [], args = [] }: { accounts?: readonly (string | readonly [seed: string, account: string])[]; args?: readonly string[] }): PdaValueNode => ({
  kind: 'pdaValueNode',
  pda: { kind: 'pdaLinkNode', name: named(pda) },
  seeds: [
    ...accounts.map((it) => typeof it === 'string' ? [it, it] as const : it).map(([seed, account]) => ({ kind: 'pdaSeedValueNode' as const, name: named(seed), value: { kind: 'accountValueNode' as const, name: named(account) } })),
    ...args.map((name) => ({ kind: 'pdaSeedValueNode' as const, name: named(name), value: { kind: 'argumentValueNode' as const, name: named(name) } })),
  ],
});

const role = (isSigner: boolean | 'either', isWritable: boolean) => (name: string, defaultValue?: InstructionInputValueNode): InstructionAccountNode =>
  ({ kind: 'instructionAccountNode', name: named(name), isSigner, isWritable, ...(defaultValue && { defaultValue }) });
export const payer = role(true, true);
export const signer = role(true, false);
export const writable = role(false, true);
export const readonly = role(false, false);
/** Signs when the tokens go to another account of theirs than the canonical one. */
export const maybeSigner = role('either', false);
export const maybePayer = role('either', true);

export const argument = (name: string, type: TypeNode): InstructionArgumentNode => ({ kind: 'instructionArgumentNode', name: named(name), type });
/** The bump of an account that stands at a program address. */
export const bumpOf = (account: string): InstructionArgumentNode =>
  ({ ...argument(`${account}Bump`, u8), defaultValueStrategy: 'optional', defaultValue: { kind: 'accountBumpValueNode', name: named(account) } });
