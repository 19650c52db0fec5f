import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { day, newSigner, openEscrow, sol } from '../testing/virtual-machine.ts';
import { close, createOperator, depositAddress, fundSol, operatorAddress, refund, type Instruction } from './index.ts';

const table = new URL('../compute-units.json', import.meta.url);

/** Compute units are exact, so they stand in a committed table: for the best bump and for each attempt more. */
function measure(so: string): Record<string, number> {
  const escrow = openEscrow({ so });
  const cost = (...[instruction, signer]: [Instruction, ReturnType<typeof newSigner>?]) => {
    const outcome = escrow.send([instruction], ...(signer ? [signer] : []));
    expect(outcome.error).toBeUndefined();
    return Number(outcome.units);
  };
  const withBump = (bump: number) => {
    let nonce = 1n;
    while (depositAddress(escrow.terms({ nonce })).bump !== bump) nonce++;
    return escrow.terms({ nonce });
  };
  let admin = newSigner();
  while (operatorAddress({ program: escrow.program, firstAdmin: admin.address }).bump !== 255) admin = newSigner();
  escrow.setAccount(admin.address, { lamports: sol });
  const [best, next] = [withBump(255), withBump(254)];
  const ahead = { ...withBump(255), issueId: '1' };
  let nonce = 1n;
  while (depositAddress({ ...ahead, nonce }).bump !== 255) nonce++;
  escrow.setAccount(depositAddress({ ...ahead, nonce }).address, { lamports: 1n });
  const parties = { program: escrow.program, deposit: depositAddress(best).address, funder: escrow.funder.address };
  const fundBest = cost(fundSol(best), escrow.funder);
  const fundNext = cost(fundSol(next), escrow.funder);
  const fundAhead = cost(fundSol({ ...ahead, nonce }), escrow.funder);
  const operator = cost(createOperator({ program: escrow.program, admin: admin.address, host: 'github.com', relayer: newSigner().address, attestor: newSigner().address }), admin);
  escrow.setTime(best.deadline + 3n * day);
  const refunding = cost(refund(parties));
  escrow.setTime(best.deadline + 10n * day);
  return {
    bytes: statSync(new URL(`../${so}`, import.meta.url)).size,
    createOperator: operator,
    fundSol: fundBest,
    perLowerBump: fundNext - fundBest,
    fundSolWhereLamportsLie: fundAhead,
    refund: refunding,
    close: cost(close(parties)),
  };
}

test('compute units and sizes are those of the committed table, and within what was promised', () => {
  const measured = { v3: measure('doubloon_escrow.so'), v0: measure('doubloon_escrow_v0.so') };
  if (process.env['WRITE_COSTS'] === '1') writeFileSync(table, `{\n${Object.entries(measured).map(([arch, costs]) => `  "${arch}": ${JSON.stringify(costs)}`).join(',\n')}\n}\n`);
  expect(measured).toEqual(JSON.parse(readFileSync(table, 'utf8')));
  for (const { fundSol: fund, refund: refunded, bytes } of Object.values(measured)) {
    expect(fund).toBeLessThanOrEqual(2500);
    expect(refunded).toBeLessThanOrEqual(800);
    expect(bytes).toBeLessThanOrEqual(51_200);
  }
});
