import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Model, type ModelStanding } from '../testing/model.ts';
import { openParties } from '../testing/parties.ts';
import { openTokens, tokenAccountBytes } from '../testing/tokens.ts';
import { day, hour, newSigner, sol } from '../testing/virtual-machine.ts';
import {
  award, awardStanding, cancel, cancelChange, changeWallet, close, depositAddress, depositLayout, disableKeys, effectiveWallet, fundSol, fundToken, linkIdentity, payout, refund, refundShare, rentReserve,
  scheduleKeys, settleChange, tokenProgram, unlinkIdentity, veto, type Address, type Instruction, type Signer,
} from './index.ts';

// In CI at least 20,000 steps; ESCROW_STEPS=1000000 for as many as you like, ESCROW_SEED for those that failed.
const stepsPerRun = 100;
const steps = Number(process.env['ESCROW_STEPS'] ?? (process.env['CI'] === 'true' ? 20_000 : 2_000));
const seed = Number(process.env['ESCROW_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const depositReserve = rentReserve(depositLayout.size, 0n);
const vaultReserve = rentReserve(165, 0n);
const startTokens = 1_000_000n;

const ids = ['583231', '9919', '77'] as const;
const wallets = ['wallet0', 'wallet1', 'wallet2'] as const;
const keys = ['funder0', 'funder1', 'relayer', 'relayer2', 'approver', 'attestor', 'attestor2', 'admin', 'stranger'] as const;
const mints = ['gold', 'silver'] as const;
const awards = [[[0, 10_000]], [[0, 5000], [1, 5000]], [[0, 3333], [1, 3333], [2, 3334]], [[2, 10_000]], [[1, 9999], [0, 1]]] as const;

const place = fc.nat(5);
const mint = fc.constantFrom(undefined, ...mints);
/** Whether the accounts are those of what the deposit holds, or of something else. */
const confused = fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.record({ mint }) });

const key = fc.constantFrom(...keys);
const id = fc.nat(2);
const wallet = fc.oneof({ weight: 9, arbitrary: fc.constantFrom<string>(...wallets) }, { weight: 1, arbitrary: fc.constant<string>('admin') });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('fund' as const), place, mint, amount: fc.oneof({ weight: 9, arbitrary: fc.bigInt(900_000n, 5n * sol) }, fc.bigInt(0n, 900_000n)), days: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 5, max: 300 }) }, fc.constantFrom(0, 366)), withRelayer: fc.nat(4).map((one) => one > 0), approver: fc.constantFrom('approver', 'approver', 'approver', undefined, 'relayer2', 'funder0') }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('award' as const), place, by: fc.oneof({ weight: 3, arbitrary: fc.tuple(fc.constantFrom<string>('own funder', 'relayer', 'approver')) }, fc.tuple(fc.constantFrom<string>('own funder', 'relayer'), fc.constantFrom<string>('own funder', 'approver')), fc.tuple(key), fc.tuple(key, key)), shares: fc.nat(awards.length - 1), stale: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('veto' as const), place, by: fc.option(key, { nil: undefined }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('payout' as const), place, confused, share: fc.nat(2), wallet: fc.option(fc.constantFrom<string>(...wallets), { nil: undefined }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), place, confused, by: key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('refund' as const), place, confused, thief: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refundShare' as const), place, confused, share: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('close' as const), place, confused, thief: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('link' as const), id, wallet, by: fc.constantFrom('attestor', 'attestor', 'attestor2', 'stranger') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), id, wallet, by: fc.constantFrom('attestor', 'attestor', 'attestor2', 'stranger') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancelChange' as const), id, wallet, own: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settleChange' as const), id, wallet, other: wallet, own: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unlink' as const), id, wallet, own: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('schedule' as const), which: fc.constantFrom('relayer' as const, 'attestor' as const), name: fc.constantFrom<string>('relayer', 'relayer2', 'attestor', 'attestor2', 'approver') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disable' as const), which: fc.constantFrom('relayer' as const, 'attestor' as const), by: fc.constantFrom('admin', 'stranger') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stray' as const), place, amount: fc.bigInt(1n, 1000n), lamports: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.oneof({ weight: 12, arbitrary: fc.constantFrom(1, 24, 71, 72, 73) }, { weight: 1, arbitrary: fc.constantFrom(24 * 7, 24 * 93) }) }) },
);

function openRun() {
  const parties = openParties();
  const signers = new Map<string, Signer>([
    ['funder0', parties.funder], ['relayer', parties.relayer], ['attestor', parties.attestor], ['admin', parties.admin], ['approver', parties.approver],
    ...['funder1', 'relayer2', 'attestor2', 'stranger', ...wallets].map((name) => [name, newSigner()] as const),
  ]);
  const signer = (name: string): Signer => signers.get(name) ?? parties.payer;
  const address = (name: string): Address => signer(name).address;
  const name = (at: Address): string => [...signers].find(([, one]) => one.address === at)?.[0] ?? at;
  parties.setAccount(address('funder1'), { lamports: 1000n * sol });
  const coins = new Map(mints.map((mint) => [mint as string, openTokens(parties)]));
  for (const tokens of coins.values()) {
    for (const holder of ['funder0', 'funder1']) tokens.give(address(holder), startTokens);
    for (const holder of [...wallets, 'relayer', 'relayer2', 'attestor', 'admin']) tokens.give(address(holder), 0n);
  }

  const model = new Model(parties.now());
  const places = ['funder0', 'funder1'].flatMap((funder) => [0n, 1n, 2n].map((nonce) => {
    const at = { funder: address(funder), nonce };
    return { funder, at, name: `${funder}/${nonce}`, deposit: depositAddress(parties.terms(at)).address };
  }));
  const lamports = new Map<string, bigint>([...signers.keys()].map((one) => [one, parties.balance(address(one))]));
  const held = new Map([...coins].map(([mint, tokens]) => [mint, new Map([...signers.keys()].map((one) => [one, tokens.of(address(one))]))]));
  return { parties, signer, address, name, coins, model, places, lamports, held };
}

type Run = ReturnType<typeof openRun>;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const add = (balances: Map<string, bigint>, who: string, amount: bigint) => { balances.set(who, (balances.get(who) ?? 0n) + amount); };

/** Does one step in the machine and in the model; whether it worked in the machine. */
function take(run: Run, taken: Step): boolean {
  const { parties, signer, address, coins, model, places, lamports, held } = run;
  const { program, operator } = parties;
  const tried = (instruction: Instruction, ...by: string[]) => parties.send([instruction], ...[...new Set(by)].map(signer)).error;
  const agree = (error: string | undefined, expected: boolean): boolean => {
    expect({ worked: error === undefined, error }, JSON.stringify(taken, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).toEqual({ worked: expected, error: expected ? undefined : expect.any(String) as string });
    return expected;
  };
  if (taken.kind === 'wait') {
    parties.wait(BigInt(taken.hours) * hour);
    model.now = parties.now();
    return true;
  }
  if (taken.kind === 'schedule') return agree(tried(scheduleKeys({ program, operator, admin: address('admin'), [taken.which]: address(taken.name) }), 'admin'), model.schedule(taken.which, taken.name));
  if (taken.kind === 'disable') return agree(tried(disableKeys({ program, operator, admin: address(taken.by), keys: [taken.which] }), taken.by), taken.by === 'admin' && model.disable(taken.which));
  if ('id' in taken) {
    const githubId = ids[taken.id] ?? ids[0];
    const identity = { program, operator, githubId };
    // Half of the time whoever may, because guessing rarely meets them.
    const record = model.identities.get(githubId);
    const own = 'own' in taken && taken.own;
    const from = own ? record?.link.wallet ?? taken.wallet : taken.wallet;
    const to = address(from);
    if (taken.kind === 'link') return agree(tried(linkIdentity({ ...identity, payer: parties.payer.address, attestor: address(taken.by), wallet: to, expiry: parties.now() + 60n }), taken.by, taken.wallet), model.link(githubId, taken.by, taken.wallet));
    if (taken.kind === 'change') return agree(tried(changeWallet({ ...identity, attestor: address(taken.by), wallet: to, expiry: parties.now() + 60n }), taken.by, taken.wallet), model.change(githubId, taken.by, taken.wallet));
    if (taken.kind === 'cancelChange') return agree(tried(cancelChange({ ...identity, wallet: to }), from), model.cancelChange(githubId, from));
    if (taken.kind === 'settleChange') {
      const next = own ? record?.changes.at(-1)?.proof.wallet ?? taken.other : taken.other;
      return agree(tried(settleChange({ ...identity, oldWallet: to, newWallet: address(next) }), from, next), model.settleChange(githubId, from, next));
    }
    return agree(tried(unlinkIdentity({ ...identity, wallet: to }), from), model.unlink(githubId, from));
  }

  const at = places[taken.place];
  if (at === undefined) return false;
  const { deposit, name } = at;
  const found = model.deposits.get(name);
  const funder = address(at.funder);
  const holds = coins.get(found?.mint ?? '');
  const shown = 'confused' in taken && taken.confused !== undefined ? taken.confused.mint : found?.mint;
  const base = { program, deposit, operator, mint: coins.get(shown ?? '')?.mint, funder };
  const confusing = found !== undefined && shown !== found.mint;
  const pay = (who: string, amount: bigint) => { add(held.get(found?.mint ?? '') ?? lamports, who, amount); };
  const moved = (error: string | undefined, amount: bigint | undefined, who: string): boolean => {
    if (amount !== undefined) pay(who, amount);
    return agree(error, amount !== undefined);
  };
  switch (taken.kind) {
    case 'fund': {
      const coin = coins.get(taken.mint ?? '');
      const amount = coin === undefined ? taken.amount : taken.amount % 2001n;
      const deadline = parties.now() + BigInt(taken.days) * day;
      const wish = parties.terms({ ...at.at, amount, deadline, withRelayer: taken.withRelayer, approver: taken.approver === undefined ? undefined : address(taken.approver) });
      const error = tried(coin === undefined ? fundSol(wish) : fundToken({ ...wish, mint: coin.mint }), at.funder);
      const worked = model.fund(name, { funder: at.funder, withRelayer: taken.withRelayer, approver: taken.approver, mint: taken.mint, amount, deadline });
      if (worked) {
        add(lamports, at.funder, -depositReserve - (coin === undefined ? amount : vaultReserve));
        add(held.get(taken.mint ?? '') ?? new Map(), at.funder, -amount);
      }
      return agree(error, worked);
    }
    case 'award': {
      const by = Array.from<string, string>(taken.by, (one) => (one === 'own funder' ? at.funder : one));
      const shares = (awards[taken.shares] ?? awards[0]).map(([index, bps]) => ({ githubId: ids[index], bps }));
      const { createdSlot, sequence } = found === undefined ? { createdSlot: 0n, sequence: 1n } : parties.deposit(deposit);
      const error = tried(award({ ...base, deciders: by.map(address), createdSlot, sequence: taken.stale === 0 ? sequence - 1n : sequence, shares }), ...by);
      return agree(error, taken.stale !== 0 && model.award(name, by, shares.map(({ githubId, bps }) => ({ id: githubId, bps }))));
    }
    case 'veto': return agree(tried(veto({ ...base, ...(taken.by !== undefined && { decider: address(taken.by) }) }), ...(taken.by === undefined ? [] : [taken.by])), model.veto(name, taken.by));
    case 'payout': {
      const githubId = found?.award?.shares[taken.share]?.id ?? ids[0];
      const standing = model.standing(githubId);
      const who = taken.wallet ?? (standing.kind === 'wallet' ? standing.wallet : wallets[0]);
      return moved(tried(payout({ ...base, share: taken.share, githubId, wallet: address(who) })), confusing ? undefined : model.payout(name, taken.share, githubId, who), who);
    }
    case 'cancel': return moved(tried(cancel({ ...base, decider: address(taken.by) }), taken.by), confusing ? undefined : model.cancel(name, taken.by), at.funder);
    case 'refundShare': {
      const githubId = found?.award?.shares[taken.share]?.id ?? ids[0];
      return moved(tried(refundShare({ ...base, share: taken.share, githubId })), confusing ? undefined : model.refundShare(name, taken.share, githubId), at.funder);
    }
    case 'refund': {
      if (taken.thief === 0) return agree(tried(refund({ ...base, funder: address('stranger') })), false);
      return moved(tried(refund(base)), confusing ? undefined : model.refund(name), at.funder);
    }
    case 'close': {
      if (taken.thief === 0) return agree(tried(close({ ...base, funder: address('stranger') })), false);
      const error = tried(close(base));
      const closed = confusing ? undefined : model.close(name);
      if (closed !== undefined) {
        add(lamports, at.funder, depositReserve + closed.strayLamports + (closed.mint === undefined ? 0n : vaultReserve));
        add(held.get(closed.mint ?? '') ?? new Map(), at.funder, closed.strayTokens);
      }
      return agree(error, closed !== undefined);
    }
    default: {
      const coin = taken.lamports ? undefined : holds;
      if (found === undefined || (!taken.lamports && coin === undefined)) return false;
      const where = coin === undefined ? deposit : coin.vaultOf(deposit);
      const account = parties.account(where);
      if (account === undefined) return false;
      if (coin !== undefined) {
        found.strayTokens += taken.amount;
        parties.setAccount(where, { owner: tokenProgram, lamports: account.lamports, data: tokenAccountBytes({ mint: coin.mint, holder: where, amount: coin.held(where) + taken.amount }) });
      } else {
        found.strayLamports += taken.amount;
        parties.setAccount(where, { ...account, lamports: account.lamports + taken.amount });
      }
      return true;
    }
  }
}

/** Two users with wallets and four deposits, so that there is something to try. */
const prelude: readonly Step[] = [
  ...[0, 1].map((id) => ({ kind: 'link' as const, id, wallet: wallets[id] ?? 'wallet0', by: 'attestor' as const })),
  { kind: 'wait', hours: 72 },
  ...[0, 1, 2, 3, 4, 5].map((place) => ({ kind: 'fund' as const, place, mint: [undefined, ...mints][place % 3], amount: sol, days: 90, withRelayer: true, approver: 'approver' as const })),
];

/** Everything that anybody holds is what the model says, to the unit, and TypeScript reads what the program means. */
function compare({ parties, address, name, coins, model, places, lamports, held }: Run): void {
  for (const [who, expected] of lamports) expect(parties.balance(address(who)), who).toBe(expected);
  for (const [mint, balances] of held) for (const [who, expected] of balances) expect(coins.get(mint)?.of(address(who)), `${mint} of ${who}`).toBe(expected);
  const operator = parties.operatorNow();
  for (const { name: place, deposit } of places) {
    const record = model.deposits.get(place);
    if (record === undefined) {
      expect(parties.account(deposit)).toBeUndefined();
      continue;
    }
    expect(parties.balance(deposit), place).toBe(depositReserve + record.strayLamports + (record.mint === undefined ? record.left : 0n));
    const coin = coins.get(record.mint ?? '');
    if (coin !== undefined) expect(coin.held(coin.vaultOf(deposit)), place).toBe(record.left + record.strayTokens);
    const found = parties.deposit(deposit);
    expect({ state: found.state, vetoed: found.vetoed, award: awardStanding(found, operator, parties.now()) }, place).toEqual({ state: record.state, vetoed: record.vetoed, award: model.awardOf(record) });
  }
  for (const githubId of ids) {
    const standing = effectiveWallet(parties.identity(githubId), operator, parties.now());
    const named: ModelStanding = standing.kind === 'wallet' ? { kind: 'wallet', wallet: name(standing.wallet) } : standing;
    expect(named, githubId).toEqual(model.standing(githubId));
  }
}

/** From wherever a run has come to, time and strangers alone bring all money to a winner or its funder. */
function drain(run: Run): void {
  run.parties.wait(500n * day);
  run.model.now = run.parties.now();
  const place = (index: number) => run.model.deposits.get(run.places[index]?.name ?? '');
  for (let index = 0; index < run.places.length; index++) {
    const found = place(index);
    if (found === undefined) continue;
    if (run.model.awardOf(found) === 'void') take(run, { kind: 'veto', place: index, by: undefined });
    if (found.state === 'funded') take(run, { kind: 'refund', place: index, confused: undefined, thief: 1 });
    for (let share = 0; share < 3; share++) {
      if (found.award?.shares[share]?.settled !== false) continue;
      if (!take(run, { kind: 'payout', place: index, confused: undefined, share, wallet: undefined })) take(run, { kind: 'refundShare', place: index, confused: undefined, share });
    }
    expect(['paid', 'refunded', 'cancelled'], 'nobody is stuck').toContain(found.state);
    expect(found.left).toBe(0n);
  }
  run.parties.wait(8n * day);
  run.model.now = run.parties.now();
  for (let index = 0; index < run.places.length; index++) if (place(index) !== undefined) expect(take(run, { kind: 'close', place: index, confused: undefined, thief: 1 })).toBe(true);
  compare(run);
}

test('whatever is tried in whatever order by whomever, everybody holds what the model says, and nobody is ever stuck', { timeout: 1_200_000 }, () => {
  const worked = new Map<string, number>();
  process.stdout.write(`ESCROW_SEED=${seed} ESCROW_STEPS=${steps}\n`);
  fc.assert(fc.property(fc.array(step, { minLength: stepsPerRun, maxLength: stepsPerRun }), (taken) => {
    const run = openRun();
    const untouched = ['relayer', 'relayer2', 'attestor', 'attestor2', 'admin', 'stranger'].map((who) => [who, run.lamports.get(who), mints.map((mint) => run.held.get(mint)?.get(who))] as const);
    const rent = run.parties.balance(run.parties.operator);
    for (const one of prelude) expect(take(run, one)).toBe(true);
    for (const one of taken) {
      if (take(run, one)) worked.set(one.kind, (worked.get(one.kind) ?? 0) + 1);
      compare(run);
    }
    drain(run);
    for (const [who, had, tokens] of untouched) expect([run.parties.balance(run.address(who)), mints.map((mint) => run.coins.get(mint)?.of(run.address(who)))], who).toEqual([had, tokens]);
    expect(run.parties.balance(run.parties.operator)).toBe(rent);
  }), { numRuns: Math.ceil(steps / stepsPerRun), seed, endOnFailure: process.env['ESCROW_SHRINK'] === undefined });
  // A run in which nothing worked would prove nothing.
  const kinds = ['fund', 'award', 'veto', 'payout', 'cancel', 'refund', 'refundShare', 'close', 'link', 'change', 'cancelChange', 'unlink', 'schedule', 'disable', 'stray', 'wait'];
  process.stdout.write(`${JSON.stringify(Object.fromEntries(worked))}\n`);
  if (steps >= 10_000) expect(kinds.filter((kind) => !worked.has(kind))).toEqual([]);
});
