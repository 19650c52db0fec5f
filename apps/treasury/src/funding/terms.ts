import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { terms as programTerms, type Address } from '@doubloon/escrow';
import type { DeployedProgram } from '@doubloon/escrow/chain';
import type { Denom } from '@doubloon/domain';

/** What everybody who funds an offer agrees to here: the relayer carries maintainers' decisions, there is no approver. */
export const standard = {
  withRelayer: true,
  approver: undefined,
  /** Seconds from the moment the transaction is built. */
  deadlineSeconds: 90n * 86_400n,
  /** Seconds by which a deposit's deadline may miss that, counted from when it landed: built, signed and landed are not one moment, and the chain's clock drifts. */
  deadlineSlackSeconds: 86_400n,
} as const;

/** Who runs this instance, and where. */
export interface Setting {
  readonly cluster: { readonly name: string; readonly genesisHash: string };
  readonly program: Address;
  readonly operator: Address;
}

/** Lamports. */
export interface Costs {
  readonly networkFee: bigint;
  readonly rent: bigint;
}

export const instant = (seconds: bigint): Date => new Date(Number(seconds) * 1000);

/** The terms as they are shown; `deadline` in unix seconds. They are the values that stand in the bytes to sign. */
export function shownTerms({ cluster, program, operator }: Setting, { denom, facts, deadline, costs }: { denom: Denom; facts: DeployedProgram; deadline: bigint; costs: Costs }): MessageInitShape<typeof treasury.TermsSchema> {
  return {
    cluster,
    program: { address: program, upgradeAuthority: facts.upgradeAuthority ?? '', sha256: facts.sha256 },
    operator,
    mint: denom.mint ?? '',
    denomName: denom.name,
    issuer: denom.issuer,
    deadline: instant(deadline).toISOString(),
    graceSeconds: Number(programTerms.graceSeconds),
    windowSeconds: Number(programTerms.windowSeconds),
    withRelayer: standard.withRelayer,
    approver: standard.approver ?? '',
    networkFee: String(costs.networkFee),
    rent: String(costs.rent),
  };
}
