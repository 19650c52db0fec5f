import { eventLogContract } from '../../testing/event-log.contract.ts';
import { startRestartablePostgres } from '../../testing/restartable-postgres.ts';

eventLogContract('Postgres', startRestartablePostgres);
