import type { Pool } from 'pg';
import { inTransaction } from '@doubloon/postgres';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { SubmissionState } from '../offers/offer-row.ts';
import { submissionView } from '../offers/offer-view.ts';
import type { StepName } from './judge-step.ts';

/** A step that somebody signed by themselves, as it is handed in. */
export interface SignedStep {
  readonly signature: string;
  readonly transaction: Uint8Array;
  /** `undefined` for a blockhash that the wallet chose. */
  readonly lastValid: bigint | undefined;
  readonly deposit: string;
  readonly step: StepName | 'award';
  readonly share?: number;
  readonly wallet: string;
}

interface Row {
  readonly signature: string;
  readonly wallet: string;
  readonly submission_state: SubmissionState;
  readonly submitted_at: Date;
  readonly problem: string | null;
  readonly step: StepName | 'award';
  readonly share: number | null;
}

const keepTransaction = 'insert into relayer_transaction (signature, transaction, last_valid_block_height, next_at, built_at, cost) values ($1, $2, $3, $4, $4, 0) on conflict (signature) do nothing';
const keepStep = 'insert into deposit_step (signature, deposit, step, share, wallet, submitted_at) values ($1, $2, $3, $4, $5, $6) on conflict (signature) do nothing';
const steps = `
  select s.signature, s.wallet, s.step, s.share, s.submitted_at, t.state as submission_state, t.problem
  from deposit_step s join relayer_transaction t using (signature) where s.deposit = $1`;

/** Writes down what is sent from then on, by whoever runs `pursueSent`. The same again changes nothing. */
export async function keepStepSigned(pool: Pool, { signature, transaction, lastValid, deposit, step, share, wallet }: SignedStep, at: Date): Promise<void> {
  await inTransaction(pool, async (db) => {
    await db.query(keepTransaction, [signature, transaction, lastValid ?? null, at]);
    await db.query(keepStep, [signature, deposit, step, share ?? null, wallet, at]);
  });
}

/** What was handed in under this signature, and what has become of it. */
export async function stepBySignature(pool: Pool, deposit: string, signature: string): Promise<Row | undefined> {
  return (await pool.query<Row>(`${steps} and s.signature = $2`, [deposit, signature])).rows[0];
}

/** The newest that was handed in for a deposit. */
export async function newestStep(pool: Pool, deposit: string): Promise<Row | undefined> {
  return (await pool.query<Row>(`${steps} order by s.submitted_at desc, s.signature limit 1`, [deposit])).rows[0];
}

/** The same as it crosses the border. */
export const stepSubmission = (row: Row): MessageInitShape<typeof treasury.SubmissionSchema> => submissionView(row) ?? {};
