import { randomBytes } from 'node:crypto';
import { addressBytes, signerFromSeed, signTransaction, type Signer } from '@doubloon/escrow';
import type { Page } from 'playwright-core';

/** How the wallet answers when it is asked to sign. */
export type Manner = (transaction: Uint8Array, sign: (transaction: Uint8Array) => Uint8Array) => Uint8Array | Promise<Uint8Array>;

export interface TestWallet {
  readonly name: string;
  readonly signer: Signer;
  /** How often it was asked to sign. */
  asked(): number;
  /** Changes how it answers from now on. */
  behave(manner: Manner): void;
  /** Tells the page that the person chose another account. */
  switchAccount(): Promise<void>;
}

export const approve: Manner = (transaction, sign) => sign(transaction);
export const refuse: Manner = () => Promise.reject(new Error('User rejected the request.'));
export const stayQuiet: Manner = () => new Promise(() => undefined);

interface Standing {
  readonly name: string;
  /** What the wallet is asked by, a function of the page. */
  readonly ask: string;
  readonly address: string;
  readonly publicKey: number[];
}

// Runs in the page, before its scripts: registers a wallet by the Wallet Standard whose key never enters the browser.
function register({ name, ask, address, publicKey }: Standing): void {
  type Listener = (change: { accounts: unknown[] }) => void;
  const listeners = new Set<Listener>();
  const asked = (base64: string): Promise<string> => (globalThis as unknown as Record<string, (base64: string) => Promise<string>>)[ask]?.(base64) ?? Promise.reject(new Error('it can’t sign'));
  const account = (of: string, key: number[]) => ({ address: of, publicKey: Uint8Array.from(key), chains: ['solana:localnet'], features: ['solana:signTransaction'] });
  const accounts = [account(address, publicKey)];
  const wallet = {
    version: '1.0.0',
    name,
    icon: 'data:image/svg+xml;base64,',
    chains: ['solana:localnet'],
    accounts,
    features: {
      'standard:connect': { version: '1.0.0', connect: () => Promise.resolve({ accounts }) },
      'standard:events': {
        version: '1.0.0',
        on: (_event: string, listener: Listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      'solana:signTransaction': {
        version: '1.0.0',
        supportedTransactionVersions: ['legacy', 0],
        signTransaction: async ({ transaction }: { transaction: Uint8Array }) => {
          const signed = await asked(btoa(String.fromCharCode(...transaction)));
          return [{ signedTransaction: Uint8Array.from(atob(signed), (char) => char.charCodeAt(0)) }];
        },
      },
    },
  };
  Object.assign(globalThis, {
    [`${ask}Switch`]: (to: string, key: number[]) => {
      for (const listener of listeners) listener({ accounts: [account(to, key)] });
    },
  });
  const tell = (api: { register(one: unknown): void }) => { api.register(wallet); };
  globalThis.addEventListener('wallet-standard:app-ready', (event) => { tell((event as CustomEvent<{ register(one: unknown): void }>).detail); });
  globalThis.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: tell }));
}

/** A wallet that registers itself only now, on a page that is already open; it can't sign. */
export async function lateWallet(page: Page): Promise<void> {
  const { address } = signerFromSeed(randomBytes(32));
  await page.evaluate(register, { name: 'Late wallet', ask: 'askLateWallet', address, publicKey: [...addressBytes(address)] });
}

/** Puts a wallet into `page`, before any navigation; it approves until told otherwise. */
export async function installWallet(page: Page, name = 'Test wallet', signer = signerFromSeed(randomBytes(32))): Promise<TestWallet> {
  const ask = `ask${name.replaceAll(/\W/g, '')}`;
  let manner = approve;
  let asked = 0;
  await page.exposeFunction(ask, async (base64: string) => {
    asked += 1;
    const signed = await manner(Buffer.from(base64, 'base64'), (transaction) => signTransaction(transaction, [signer]));
    return Buffer.from(signed).toString('base64');
  });
  const standing = ({ address }: Signer): Standing => ({ name, ask, address, publicKey: [...addressBytes(address)] });
  await page.addInitScript(register, standing(signer));
  return {
    name,
    signer,
    asked: () => asked,
    behave: (next) => { manner = next; },
    async switchAccount() {
      const { address, publicKey } = standing(signerFromSeed(randomBytes(32)));
      await page.evaluate(([name, to, key]) => { (globalThis as unknown as Record<string, (to: string, key: number[]) => void>)[name]?.(to, key); }, [`${ask}Switch`, address, publicKey] as const);
    },
  };
}
