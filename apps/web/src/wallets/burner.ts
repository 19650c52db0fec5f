import { addressBytes, signerFromSeed, signTransaction, type Signer } from '@doubloon/escrow';
import { SolanaSignTransaction, type SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { getWallets } from '@wallet-standard/app';
import type { Wallet, WalletAccount } from '@wallet-standard/base';
import { StandardConnect, StandardEvents, type StandardConnectFeature, type StandardEventsFeature } from '@wallet-standard/features';

const stored = 'doubloon.burner';
const chain = 'solana:localnet';
const icon = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=';

/** The key lies open in this browser's storage: good for local test money and for nothing else. */
function burnerSigner(): Signer {
  const known = localStorage.getItem(stored);
  if (known !== null && /^[0-9a-f]{64}$/.test(known)) return signerFromSeed(Uint8Array.from(known.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
  const seed = crypto.getRandomValues(new Uint8Array(32));
  localStorage.setItem(stored, Array.from(seed, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  return signerFromSeed(seed);
}

function burnerWallet(): Wallet {
  const signer = burnerSigner();
  const account: WalletAccount = { address: signer.address, publicKey: addressBytes(signer.address), chains: [chain], features: [SolanaSignTransaction] };
  const features: StandardConnectFeature & StandardEventsFeature & SolanaSignTransactionFeature = {
    [StandardConnect]: { version: '1.0.0', connect: () => Promise.resolve({ accounts: [account] }) },
    [StandardEvents]: { version: '1.0.0', on: () => () => undefined },
    [SolanaSignTransaction]: {
      version: '1.0.0',
      supportedTransactionVersions: ['legacy', 0],
      signTransaction: (...inputs) => Promise.resolve(inputs.map(({ transaction }) => ({ signedTransaction: signTransaction(transaction, [signer]) }))),
    },
  };
  return { version: '1.0.0', name: 'Burner wallet (local test money)', icon, chains: [chain], accounts: [account], features };
}

let offered = false;

/** Registers the burner wallet by the Wallet Standard, once. Only for pages whose server allowed it: see `burnerAllowed`. */
export function offerBurner(): void {
  if (offered) return;
  offered = true;
  getWallets().register(burnerWallet());
}
