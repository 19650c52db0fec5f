import { readFile } from 'node:fs/promises';
import { isDoubloonError } from '@doubloon/errors';
import { migrate } from './migrate.ts';
import { migrationsFolder } from './migration-files.ts';

// `node migrate-main.ts <app> up|down|<version>`, with DATABASE_URL or DATABASE_URL_FILE. One JSON line for each thing it says.
const say = (level: string) => (fields: object, message: string): void => {
  process.stdout.write(`${JSON.stringify({ level, ...fields, msg: message })}\n`);
};
const log = { info: say('info'), warn: say('warn'), error: say('error') };

const [app = '', direction = ''] = process.argv.slice(2);
const { DATABASE_URL, DATABASE_URL_FILE } = process.env;
const url = DATABASE_URL_FILE ? (await readFile(DATABASE_URL_FILE, 'utf8')).trimEnd() : DATABASE_URL;

if (!/^[a-z-]+$/.test(app) || !/^(up|down|\d{1,6})$/.test(direction) || !url) {
  process.stderr.write('usage: DATABASE_URL=postgres://… migrate <app> up|down|<version>\n');
  process.exitCode = 2;
} else {
  const to = direction === 'up' ? 'latest' : direction === 'down' ? 'down' : Number(direction);
  await migrate({ url, folder: migrationsFolder(app), to, log }).catch((error: unknown) => {
    if (!isDoubloonError(error)) throw error;
    log.error({ code: error.code, facts: error.facts }, error.message);
    process.exitCode = 1;
  });
}
