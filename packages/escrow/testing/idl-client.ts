import type { InstructionInputValueNode, InstructionNode, NumberFormat, PdaValueNode, RootNode, StructTypeNode, TypeNode, ValueNode } from '@codama/node-types';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { addressBytes, findProgramAddress, parseAddress, zeroAddress, type AccountRole, type Address, type Instruction } from '../src/index.ts';

/** What a caller passes: accounts and arguments by name, remaining accounts by the name of their argument. */
export interface Passed { readonly [name: string]: Value }
type Value = bigint | number | boolean | string | Uint8Array | readonly Value[] | Passed | undefined;

const widths: Partial<Record<NumberFormat, number>> = { u8: 1, u16: 2, u64: 8, i64: 8 };

function integer(format: NumberFormat, value: bigint): Uint8Array {
  const width = widths[format];
  if (width === undefined) throw new Error(`no ${format} here`);
  return Uint8Array.from({ length: width }, (_, index) => Number(BigInt.asUintN(8, value >> BigInt(8 * index))));
}

const constant = (node: ValueNode | InstructionInputValueNode): Value => {
  if (node.kind === 'numberValueNode') return node.number;
  if (node.kind === 'stringValueNode') return node.string;
  if (node.kind === 'publicKeyValueNode') return node.publicKey;
  if (node.kind === 'bytesValueNode') return hexToBytes(node.data);
  throw new Error(`no ${node.kind} here`);
};

/** A client that knows nothing but the IDL: what Codama's renderers write in other languages. */
export function idlClient({ program }: RootNode) {
  const typeOf = (name: string): TypeNode => {
    const found = program.definedTypes?.find((type) => type.name === name);
    if (found === undefined) throw new Error(`${name} is not defined`);
    return found.type;
  };

  function encode(type: TypeNode, value: Value): Uint8Array {
    switch (type.kind) {
      case 'numberTypeNode': return integer(type.format, BigInt(value as bigint));
      case 'booleanTypeNode': return Uint8Array.of(value === true ? 1 : 0);
      case 'publicKeyTypeNode': return addressBytes(parseAddress(value as string));
      case 'stringTypeNode': return utf8ToBytes(value as string);
      case 'zeroableOptionTypeNode': return encode(type.item, value ?? zeroAddress);
      case 'fixedSizeTypeNode': return value as Uint8Array;
      case 'definedTypeLinkNode': return encode(typeOf(type.name), value);
      case 'structTypeNode': return concatBytes(...(type.fields ?? []).map((field) => encode(field.type, (value as Passed)[field.name])));
      case 'arrayTypeNode': return concatBytes(...(value as readonly Value[]).map((item) => encode(type.item, item)));
      default: throw new Error(`no ${type.kind} here`);
    }
  }

  /** Bytes of a type that has always as many. */
  function sizeOf(type: TypeNode): number {
    switch (type.kind) {
      case 'numberTypeNode': return widths[type.format] ?? Number.NaN;
      case 'booleanTypeNode': case 'enumTypeNode': return 1;
      case 'publicKeyTypeNode': case 'zeroableOptionTypeNode': return 32;
      case 'fixedSizeTypeNode': return type.size;
      case 'definedTypeLinkNode': return sizeOf(typeOf(type.name));
      case 'structTypeNode': return (type.fields ?? []).reduce((sum, field) => sum + sizeOf(field.type), 0);
      case 'arrayTypeNode': return type.count.kind === 'fixedCountNode' ? sizeOf(type.item) * type.count.value : Number.NaN;
      default: throw new Error(`no ${type.kind} here`);
    }
  }

  /** Where each field of a struct begins. */
  function offsets(type: StructTypeNode): Record<string, number> {
    let end = 0;
    return Object.fromEntries((type.fields ?? []).map((field) => {
      const start = end;
      end += sizeOf(field.type);
      return [field.name, start];
    }));
  }

  function build(node: InstructionNode, passed: Passed): Instruction {
    const found = new Map<string, { address: Address; bump?: number }>();
    const argumentOf = (name: string): Value => passed[name];

    function derive({ pda, seeds }: PdaValueNode) {
      const defined = program.pdas?.find(({ name }) => name === pda.name);
      if (defined === undefined) throw new Error(`${pda.name} has no seeds`);
      const parts = (defined.seeds ?? []).map((seed) => {
        if (seed.kind === 'constantPdaSeedNode') {
          if (seed.value.kind === 'programIdValueNode') throw new Error('no program in seeds here');
          return encode(seed.type, constant(seed.value));
        }
        const from = seeds?.find(({ name }) => name === seed.name)?.value;
        if (from === undefined || !('name' in from)) throw new Error(`the seed ${seed.name} has no value`);
        return encode(seed.type, from.kind === 'accountValueNode' ? accountOf(from.name).address : argumentOf(from.name));
      });
      return findProgramAddress(parts, parseAddress(defined.programId ?? program.publicKey));
    }

    function accountOf(name: string): { address: Address; bump?: number } {
      const known = found.get(name);
      if (known !== undefined) return known;
      const given = passed[name];
      const standard = node.accounts?.find((account) => account.name === name)?.defaultValue;
      const derived = standard?.kind === 'pdaValueNode' ? derive(standard) : undefined;
      const address = given !== undefined ? parseAddress(given as string) : derived?.address ?? parseAddress(constant(standard ?? { kind: 'noneValueNode' }) as string);
      const account = { address, ...(derived && { bump: derived.bump }) };
      found.set(name, account);
      return account;
    }

    const accounts = (node.accounts ?? []).flatMap(({ name, isSigner, isWritable, isOptional }): AccountRole[] => {
      if (isOptional === true && passed[name] === undefined) return [];
      return [{ address: accountOf(name).address, signer: isSigner === 'either' ? passed[`${name}Signs`] === true : isSigner, writable: isWritable }];
    });
    const remaining = (node.remainingAccounts ?? []).flatMap(({ value, isSigner, isWritable }) =>
      (passed[value.name] as readonly Address[]).map((address): AccountRole => ({ address, signer: isSigner === true, writable: isWritable === true })));
    const data = (node.arguments ?? []).map(({ name, type, defaultValue }) => {
      if (defaultValue?.kind === 'accountBumpValueNode') return encode(type, accountOf(defaultValue.name).bump);
      return encode(type, defaultValue === undefined ? argumentOf(name) : constant(defaultValue));
    });
    return { program: parseAddress(program.publicKey), accounts: [...accounts, ...remaining], data: concatBytes(...data) };
  }

  return {
    offsets,
    sizeOf,
    build(name: string, passed: Passed): Instruction {
      const node = program.instructions?.find((instruction) => instruction.name === name);
      if (node === undefined) throw new Error(`there is no ${name}`);
      return build(node, passed);
    },
    /** The names of the instructions that data of this first byte and length can be, by their discriminators. */
    named: (data: Uint8Array): string[] => (program.instructions ?? []).filter(({ arguments: args, discriminators }) => (discriminators ?? []).every((it) => {
      if (it.kind === 'sizeDiscriminatorNode') return data.length === it.size;
      const argument = args?.find(({ name }) => it.kind === 'fieldDiscriminatorNode' && name === it.name);
      return argument?.defaultValue?.kind === 'numberValueNode' && argument.defaultValue.number === data[0];
    })).map(({ name }) => name),
  };
}
