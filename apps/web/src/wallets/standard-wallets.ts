import { isWalletAdapterCompatibleStandardWallet } from '@solana/wallet-adapter-base';
import { SolanaSignTransaction, type SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { getWallets } from '@wallet-standard/app';
import type { IdentifierString, Wallet, WalletAccount } from '@wallet-standard/base';
import { StandardConnect, StandardEvents, type StandardConnectFeature, type StandardEventsFeature } from '@wallet-standard/features';

type SigningWallet = Wallet & { features: StandardConnectFeature & StandardEventsFeature & SolanaSignTransactionFeature };

/** A wallet the person allowed to talk to this page. */
export interface ConnectedWallet {
  readonly name: string;
  readonly address: string;
  /** Asks the person to sign; the wallet may add instructions of its own. Rejects when they refuse. */
  sign(transaction: Uint8Array): Promise<Uint8Array>;
  /** Calls back when the wallet switches to another account, or to none. */
  onSwitch(changed: (address: string | undefined) => void): () => void;
}

// Signing alone and submitting by our server: a wallet that sends by itself would send to the cluster of its own choice.
const canSign = (wallet: Wallet): wallet is SigningWallet =>
  isWalletAdapterCompatibleStandardWallet(wallet) && SolanaSignTransaction in wallet.features;

/** The wallets of this browser that can sign for us, by the Wallet Standard; calls back when one arrives late or leaves. */
export function watchWallets(changed: (names: readonly string[]) => void): () => void {
  const { get, on } = getWallets();
  const tell = () => changed(get().filter(canSign).map(({ name }) => name));
  const stops = [on('register', tell), on('unregister', tell)];
  tell();
  return () => stops.forEach((stop) => stop());
}

/** Asks the wallet for an account. Rejects when the person refuses; undefined when the wallet is gone or gives no account. */
export async function connectWallet(name: string, chain: IdentifierString): Promise<ConnectedWallet | undefined> {
  const wallet = getWallets().get().filter(canSign).find((candidate) => candidate.name === name);
  if (wallet === undefined) return undefined;
  const { accounts } = await wallet.features[StandardConnect].connect();
  const account = accounts[0];
  return account && connected(wallet, account, chain);
}

const connected = (wallet: SigningWallet, account: WalletAccount, chain: IdentifierString): ConnectedWallet => ({
  name: wallet.name,
  address: account.address,
  async sign(transaction) {
    const [signed] = await wallet.features[SolanaSignTransaction].signTransaction({ account, transaction, chain });
    if (signed === undefined) throw new Error('the wallet answered without a transaction');
    return signed.signedTransaction;
  },
  onSwitch: (changed) => wallet.features[StandardEvents].on('change', ({ accounts }) => accounts && changed(accounts[0]?.address)),
});
