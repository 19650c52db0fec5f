import type { Pool } from 'pg';

const catalog = `
  with own as (select oid, nspname from pg_namespace where nspname <> 'information_schema' and nspname not like 'pg\\_%')
  select 'schema ' || nspname as line from own
  union all
  select format('column %s.%s %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then 'not null' else '' end, a.attidentity, coalesce(pg_get_expr(d.adbin, d.adrelid), ''))
    from pg_class c join own on own.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'v', 'm', 'S')
  union all
  select format('relation %s %s %s', c.relkind, c.oid::regclass, c.reloptions) from pg_class c join own on own.oid = c.relnamespace
  union all
  select 'index ' || pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid join own on own.oid = c.relnamespace
  union all
  select format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(c.oid)) from pg_constraint c join own on own.oid = c.connamespace
  union all
  select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
  union all
  select 'function ' || pg_get_functiondef(p.oid) from pg_proc p join own on own.oid = p.pronamespace where p.prokind in ('f', 'p')
  union all
  select format('type %s.%s %s %s', nspname, typname, typtype, (select array_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid))
    from pg_type t join own on own.oid = t.typnamespace where typtype in ('e', 'd')
  order by line`;

/** What is in the database, one line each: columns, relations, indexes, constraints, triggers, functions, types; not the history. */
export async function readCatalog(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(catalog);
  return rows.map(({ line }) => line).filter((line) => !line.includes('schema_history'));
}
