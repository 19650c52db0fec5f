/** Genesis hashes of the public clusters (Solana's documentation, "Clusters and public RPC endpoints"); every other chain is somebody's own. */
export const publicClusters: Readonly<Record<string, string>> = {
  'mainnet-beta': '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
  devnet: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
  testnet: '4uhcVJyU9pJkvQyS88uRDiswHScCKQQu6a4bZmUuGdjs',
};

/** Which cluster a genesis hash is of. */
export const clusterOf = (genesis: string): string => Object.entries(publicClusters).find(([, hash]) => hash === genesis)?.[0] ?? 'localnet';
