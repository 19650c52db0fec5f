import { address, generateKey, signTransaction, type SigningKey } from '@doubloon/escrow';
import type { SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { registerWallet, type Wallet, type WalletAccount } from '@wallet-standard/base';
import type { StandardConnectFeature, StandardDisconnectFeature, StandardEventsFeature } from '@wallet-standard/features';
