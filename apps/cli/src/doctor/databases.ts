import { isDoubloonError } from '@doubloon/errors';
import { checkSchema, migrationsFolder, openPool } from '@doubloon/postgres';
import { fail, ok, warn, type Finding } from './finding.ts';
import { valueOf, type AppName, type Instance } from './instance.ts';

type Pool = ReturnType<typeof openPool>;

const owners: readonly AppName[] = ['treasury', 'github-app', 'identity'];

/** Whether each app with a database reaches it, finds its tables as it needs them, and may do there what it must and no more. */
export async function checkDatabases(instance: Instance): Promise<readonly Finding[]> {
  const found = await Promise.all(owners.map(async (app) => {
    const url = valueOf(instance, app, 'DATABASE_URL');
    return url === undefined ? [] : checkDatabase(app, url, valueOf(instance, 'treasury', 'TREASURY_CLUSTER') !== 'localnet');
  }));
  return found.flat();
}

async function checkDatabase(app: AppName, url: string, isShipped: boolean): Promise<readonly Finding[]> {
  const check = `database.${app}`;
  const pool = openPool({ url, name: 'doctor', max: 1, statementMs: 5_000 });
  try {
    await pool.query('select 1');
    await checkSchema(pool, migrationsFolder(app));
    return [await checkRights(app, pool, isShipped)];
  } catch (error) {
    if (isDoubloonError(error, 'SCHEMA_TOO_OLD')) return [fail(check, `The tables of ${app} are at version ${error.facts.have}, and version ${error.facts.need} is needed.`, `Run the migrations: doubloon's image "migrate", or just migrate ${app} up, as the owner of the database.`)];
    if (isDoubloonError(error, 'SCHEMA_INCOMPATIBLE')) return [fail(check, error.message, 'Run the version of Doubloon that these tables are for.')];
    return [fail(check, `The database of ${app} can't be used (${reasonOf(error)}).`, `See that PostgreSQL runs at ${placeOf(url)}, and that DATABASE_URL of ${app} has its name, user and password.`)];
  } finally {
    await pool.end();
  }
}

// The history of migrations is the owner's alone to write.
const rights = `
  select current_setting('is_superuser') = 'on' as is_superuser, has_schema_privilege(current_user, 'public', 'create') as may_create,
    array(
      select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and not has_table_privilege(current_user, c.oid, case when c.relname like 'schema\\_%' then 'select' else 'insert' end) order by 1
    ) as closed`;

async function checkRights(app: AppName, pool: Pool, isShipped: boolean): Promise<Finding> {
  const check = `database.${app}`;
  const { rows: [row] } = await pool.query<{ is_superuser: boolean; may_create: boolean; closed: string[] }>(rights);
  if (row === undefined) return fail(check, 'The database does not say what this user may do.', 'See that the user of DATABASE_URL may read the catalog.');
  if (row.closed.length > 0) return fail(check, `The user of ${app} may not use ${row.closed.join(', ')}.`, 'Run the migrations as the owner that compose/database.sql makes: what they create is then open to the app.');
  const remedy = 'Make an owner and a user for the app by compose/database.sql, and give the app the user.';
  if (isShipped && row.is_superuser) return warn(check, `${app} uses its database as a superuser.`, remedy);
  if (isShipped && row.may_create) return warn(check, `${app} can change its own tables: whoever takes it over can as well.`, remedy);
  return ok(check, `The database of ${app} answers, and its tables are up to date.`);
}

const placeOf = (url: string): string => URL.parse(url)?.host ?? 'the address given';

// A code when there is one: messages of the driver hold user names.
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer';
}
