import type { Address, Operator } from '@doubloon/escrow';
import { signerOf } from '../key-file.ts';
import { instant } from '../found-deposit.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { valueOf, type Instance } from './instance.ts';

/** Whether the attestor of the operator account is the one the identity service holds, and which keys are to follow. */
export function checkKeys(instance: Instance, attestor: Address | undefined, { nextRelayer, nextAttestor }: Operator, now: bigint): readonly Finding[] {
  const coming = [['relayer', nextRelayer], ['attestor', nextAttestor]] as const;
  return [
    attestorFinding(instance, attestor),
    ...coming.flatMap(([name, next]) => (next === undefined || now >= next.at ? [] : [warn(`chain.${name}`, `${next.key} takes over as ${name} at ${instant(next.at)}.`, `If that is no rotation of yours, stop it with doubloon operator disable-keys --${name}.`)])),
  ];
}

function attestorFinding(instance: Instance, inForce: Address | undefined): Finding {
  const check = 'chain.attestor';
  if (inForce === undefined) return fail(check, 'The operator has no attestor key: nobody can link a wallet.', 'Schedule one with doubloon operator schedule-keys; it takes over after seven days.');
  const held = ['IDENTITY_ATTESTOR_KEY', 'IDENTITY_NEXT_ATTESTOR_KEY'].flatMap((name) => valueOf(instance, 'identity', name) ?? []);
  if (held.length === 0) return fail(check, 'The attestor key of the identity service can\'t be read.', 'Point IDENTITY_ATTESTOR_KEY_FILE at the key file that doubloon setup wrote, readable for the identity service.');
  const ours = held.map((json) => signerOf(json)?.address);
  if (ours.includes(undefined)) return fail(check, 'The attestor key of the identity service is no key file.', 'Put the JSON array of 64 bytes there that doubloon setup wrote.');
  if (!ours.includes(inForce)) return fail(check, `The identity service holds the key ${ours.join(' and ')}, and the operator's attestor is ${inForce}.`, `Give it the key of ${inForce}, or schedule its own with doubloon operator schedule-keys.`);
  return ok(check, `The attestor is ${inForce}, and the identity service holds its key.`);
}
