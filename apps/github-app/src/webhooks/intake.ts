import type { ClientBase, Pool } from 'pg';
import { openPool, storeInbox, type Log } from '@doubloon/postgres';
import { newTraceparent } from '@doubloon/service';
import { subjectOf } from './delivery.ts';
import type { Delivery } from './receive.ts';

/** The pool that deliveries are stored by: its own, so that work under way never keeps one waiting, and an impatient one. */
export const openIntake = (url: string, log: Log): Pool => openPool({ url, name: 'github-app-intake', max: 6, statementMs: 3_000, log });

/** Stores a delivery in the inbox, under its GUID; false when it is there already. */
export const storeDelivery = (db: Pool | ClientBase, { guid, event, payload }: Delivery): Promise<boolean> =>
  storeInbox(db, { key: guid, kind: event, subject: subjectOf(guid, payload), payload: { event, payload }, traceparent: newTraceparent() });
