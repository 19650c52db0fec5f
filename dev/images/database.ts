import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { root } from '../stack/root.ts';

/** URLs of one database: as its owner, who migrates it, and as the app. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly app: string;
}

/** Runs compose/database.sql for a database of this name, on the server that `admin` is a superuser's URL of. */
export async function createDatabase(admin: string, name: string): Promise<DatabaseUrls> {
  // Quotes, which psql must have put in its own.
  const passwords = { OWNER_PASSWORD: `${name}'s owner`, APP_PASSWORD: `${name}'s "own"` };
  await runScript(admin, readFileSync(join(root, 'compose/database.sql'), 'utf8'), { app: name }, passwords);
  const as = (username: string, password: string): string => Object.assign(new URL(admin), { pathname: `/${name}`, username, password: encodeURIComponent(password) }).href;
  return { owner: as(`${name}_owner`, passwords.OWNER_PASSWORD), app: as(name, passwords.APP_PASSWORD) };
}

/** As psql runs a script of this form: a machine that runs the tests has no psql. */
async function runScript(url: string, script: string, variables: Record<string, string>, environment: Readonly<Record<string, string>>): Promise<void> {
  const valueOf = (name: string): string => variables[name] ?? fail(`the script uses ${name}, which nothing sets`);
  let db = await connect(url);
  try {
    for (const part of script.replace(/^--.*\n/gm, '').split(/;\n|(?<=^\\.*)\n/m)) {
      const statement = part.trim();
      const [, command, rest = ''] = /^\\(\w+) (.*)$/.exec(statement) ?? [];
      const [first = '', second = '', third = ''] = rest.split(' ');
      if (command === 'getenv') variables[first] = environment[second] ?? '';
      else if (command === 'set') variables[first] = `${valueOf(second.slice(1))}${third}`;
      else if (command === 'connect') {
        await db.end();
        db = await connect(Object.assign(new URL(url), { pathname: `/${valueOf(first.slice(1))}` }).href);
      } else if (command !== undefined) fail(`the script says \\${command}`);
      else if (statement !== '') await db.query(statement.replace(/:"(\w+)"/g, (_, variable: string) => pg.escapeIdentifier(valueOf(variable))).replace(/:'(\w+)'/g, (_, variable: string) => pg.escapeLiteral(valueOf(variable))));
    }
  } finally {
    await db.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  return db;
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
