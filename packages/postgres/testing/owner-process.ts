import { startEmbeddedPostgres } from '../src/embedded/index.ts';
import { forever, say, settings } from './say.ts';

// Owns a server until it is killed.
const { dataDir } = settings();
await startEmbeddedPostgres(dataDir === undefined ? {} : { dataDir });
say('running');
await forever();
