/** The terms every deposit lives by; one build of the program for every chain. Seconds unless the name says otherwise. */
export const terms = {
  windowSeconds: 72n * 3600n,
  coolDownSeconds: 72n * 3600n,
  graceSeconds: 72n * 3600n,
  claimSeconds: 90n * 86_400n,
  keyActivationSeconds: 7n * 86_400n,
  attestationSeconds: 600n,
  lingerSeconds: 7n * 86_400n,
  deadlineMinSeconds: 3600n,
  deadlineMaxSeconds: 365n * 86_400n,
  maxShares: 8n,
  /** The rent reserve never counts on a lower rate than this, because clusters move it both ways. */
  lamportsPerByteFloor: 6960n,
  /** What the runtime adds to an account's length when it charges rent. */
  accountOverheadBytes: 128n,
} as const;

/** Lamports that a new account of `bytes` takes besides its amount, when the cluster asks `rentMinimum` for it. */
export function rentReserve(bytes: number, rentMinimum: bigint): bigint {
  const floor = (BigInt(bytes) + terms.accountOverheadBytes) * terms.lamportsPerByteFloor;
  return rentMinimum > floor ? rentMinimum : floor;
}

/** The smallest amount of a SOL deposit: whoever receives it may be an empty account that has to end rent-exempt. */
export function minimumAmount(rentMinimumOfEmpty: bigint): bigint {
  return rentReserve(0, rentMinimumOfEmpty);
}
