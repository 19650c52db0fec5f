import { keyFromFile, type HeldKey } from '@doubloon/escrow/chain';

/** Who vouches that a GitHub user signed in here. */
export type Attestor = HeldKey;

/** CONFIG_INVALID, without a word of what is in the file. */
export const attestorFromFile: (path: string) => Attestor = keyFromFile;
