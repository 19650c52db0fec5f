// Genesis hashes of the public clusters (Solana documentation, "Clusters and public RPC endpoints").
const publicClusters = new Set([
  '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d', // mainnet-beta
  'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG', // devnet
  '4uhcVJyU9pJkvQyS88uRDiswHScCKQQu6a4bZmUuGdjs', // testnet
]);

/** A wallet whose key lies open in the browser is for local clusters, and only where the operator asked for it. */
export const burnerAllowed = (genesisHash: string, wanted: boolean): boolean => wanted && genesisHash !== '' && !publicClusters.has(genesisHash);
