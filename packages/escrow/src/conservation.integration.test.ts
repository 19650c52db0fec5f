import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, newAddress, newSigner, openEscrow, sol } from '../testing/virtual-machine.ts';
import { close, depositAddress, depositLayout, fundSol, refund, rentReserve, systemProgram, terms as limits, type Instruction } from './index.ts';

const reserve = rentReserve(depositLayout.size, 0n);
const startingBalance = 1000n * sol;

type Step =
  | { kind: 'fund'; who: number; nonce: number; amount: bigint; days: number }
  | { kind: 'refund' | 'close'; deposit: number; to: number }
  | { kind: 'stray'; deposit: number; lamports: bigint }
  | { kind: 'wait'; days: number };

const deposit = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fund' as const), who: fc.nat(1), nonce: fc.nat(1), amount: fc.oneof({ weight: 6, arbitrary: fc.bigInt(890_880n, 400n * sol) }, fc.bigInt(0n, 1100n * sol)), days: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 30 }) }, fc.integer({ min: 0, max: 400 })) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('refund', 'close'), deposit, to: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stray' as const), deposit, lamports: fc.bigInt(1n, sol) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.nat(40) }) },
);

interface Model { state: 'funded' | 'refunded'; amount: bigint; strays: bigint; deadline: bigint; endedAt: bigint }

function give(from: string, to: string, lamports: bigint): Instruction {
  const data = new Uint8Array(12);
  new DataView(data.buffer).setUint32(0, 2, true);
  new DataView(data.buffer).setBigUint64(4, lamports, true);
  return { program: systemProgram, accounts: [{ address: from as never, signer: true, writable: true }, { address: to as never, signer: false, writable: true }], data };
}

test('whatever is tried in whatever order, every deposit holds and pays exactly what the model says, to the lamport', { timeout: 60_000 }, () => {
  const happened = { fund: 0, refund: 0, close: 0 };
  fc.assert(fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), (steps) => {
    const escrow = openEscrow();
    const funders = [escrow.funder, newSigner()];
    const stranger = newSigner();
    escrow.setAccount(funders[1]?.address ?? stranger.address, { lamports: startingBalance });
    escrow.setAccount(stranger.address, { lamports: startingBalance });
    const places = funders.flatMap((funder) => [0n, 1n].map((nonce) => ({ funder, nonce, address: depositAddress(escrow.terms({ funder: funder.address, nonce })).address })));
    const model = new Map<string, Model>();
    const owned = funders.map(() => startingBalance);
    const untouched = [escrow.relayer.address, escrow.attestor.address, escrow.admin.address, escrow.operator].map((address) => [address, escrow.balance(address)] as const);

    for (const taken of steps) {
      const now = escrow.now();
      if (taken.kind === 'wait') {
        escrow.setTime(now + BigInt(taken.days) * day);
      } else if (taken.kind === 'fund') {
        const place = places[taken.who * 2 + taken.nonce];
        if (place === undefined) continue;
        const deadline = now + BigInt(taken.days) * day;
        const worked = escrow.send([fundSol(escrow.terms({ funder: place.funder.address, nonce: place.nonce, amount: taken.amount, deadline }))], place.funder).error === undefined;
        const affordable = (owned[taken.who] ?? 0n) >= taken.amount + reserve;
        // What is left has to be nothing or enough for an empty account.
        const left = (owned[taken.who] ?? 0n) - taken.amount - reserve;
        const expected = !model.has(place.address) && taken.days >= 1 && taken.days <= 365 && taken.amount >= 890_880n && affordable && (left === 0n || left >= 890_880n);
        expect(worked).toBe(expected);
        if (worked) {
          happened.fund++;
          model.set(place.address, { state: 'funded', amount: taken.amount, strays: 0n, deadline, endedAt: 0n });
          owned[taken.who] = left;
        }
      } else {
        const place = places[taken.deposit];
        if (place === undefined) continue;
        const record = model.get(place.address);
        if (taken.kind === 'stray') {
          if (record === undefined) continue;
          expect(escrow.send([give(stranger.address, place.address, taken.lamports)], stranger).error).toBeUndefined();
          record.strays += taken.lamports;
          continue;
        }
        const receiver = taken.to === 0 ? newAddress() : taken.to === 1 ? (funders[1]?.address ?? newAddress()) : place.funder.address;
        const build = taken.kind === 'refund' ? refund : close;
        const worked = escrow.send([build({ program: escrow.program, deposit: place.address, funder: receiver })]).error === undefined;
        const due = record !== undefined && (taken.kind === 'refund' ? record.state === 'funded' && now >= record.deadline + limits.graceSeconds : record.state === 'refunded' && now >= record.endedAt + limits.lingerSeconds);
        expect(worked).toBe(due && receiver === place.funder.address);
        if (worked && record !== undefined) {
          const index = funders.indexOf(place.funder);
          happened[taken.kind]++;
          owned[index] = (owned[index] ?? 0n) + (taken.kind === 'refund' ? record.amount : reserve + record.strays);
          if (taken.kind === 'close') model.delete(place.address);
          else Object.assign(record, { state: 'refunded', endedAt: now });
        }
      }
      funders.forEach(({ address }, index) => {
        expect(escrow.balance(address)).toBe(owned[index]);
      });
      for (const { address } of places) {
        const record = model.get(address);
        expect(escrow.balance(address)).toBe(record === undefined ? 0n : reserve + record.strays + (record.state === 'funded' ? record.amount : 0n));
      }
    }
    for (const [address, balance] of untouched) expect(escrow.balance(address)).toBe(balance);
  }), { numRuns: 25 });
  // A run in which nothing worked would prove nothing.
  expect(Math.min(happened.fund, happened.refund, happened.close)).toBeGreaterThan(0);
});
