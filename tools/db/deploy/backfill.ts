import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { UpdateStmt } from 'libpg-query'
import { connect, databaseError, quoteName, quoteText, runScript, type Sql } from '../lib/database.ts'
import { errorText, ToolError, usageError } from '../lib/errors.ts'
import { parseSql } from '../lib/sql.ts'
import { asNode } from '../lib/tree.ts'

/** What is filled. */
export type BackfillPlan = {
  readonly name: string
  /** `schema.table`. */
  readonly table: string
  /** What is assigned, as in `set`: `memo = upper(body)`. */
  readonly set: string
  /** Which rows still need it; the filled ones must no longer match. */
  readonly where: string
  /** A unique, not null column that orders the rows. */
  readonly key: string
}

/** How hard it may push. */
export type BackfillSettings = {
  /** Rows that one transaction looks at. */
  readonly batch: number
  /** Milliseconds between two transactions. */
  readonly pauseMs: number
  readonly lockTimeoutMs: number
  /** The pause grows while a replica is further behind than this, in seconds. */
  readonly maxLagS: number
  /** Whether triggers may write elsewhere or change other columns. */
  readonly mayChangeMore: boolean
  /** Stops after so many batches; it continues the next time. */
  readonly maxBatches: number
  readonly onProgress: (sentence: string) => void
}

/** Where a backfill stands. */
export type BackfillProgress = {
  readonly rows: number
  readonly batches: number
  readonly isFinished: boolean
  /** Rows that still match after the end; more than 0 means that `where` matches what `set` wrote. */
  readonly left: number
}

/**
 * Fills rows in key order, one short transaction for each batch, which also moves the mark in payd_backfills: a run that
 * is cut off continues behind the last batch that was committed, and no row is done twice. Throws when another definition
 * has the same name, or when triggers would change more than the column and that was not accepted. PayD's own triggers tell
 * of no change while the owner fills a column.
 */
export async function backfill(url: string, plan: BackfillPlan, settings: BackfillSettings): Promise<BackfillProgress> {
  const sql = connect(url, { applicationName: `payd-db backfill ${plan.name}`.slice(0, 63) })
  try {
    // Rows that row level security hides from this role would stay unfilled, and the backfill would call itself finished.
    await runScript(
      sql,
      `set lock_timeout = ${settings.lockTimeoutMs}; set row_security = off; set payd.backfill = ${quoteText(plan.name)}`,
    )
    await begin(sql, plan)
    for (let batches = 0; batches < settings.maxBatches; batches += 1) {
      const more = await nextBatch(sql, plan, settings)
      if (!more) return await finish(sql, plan)
      const progress = await readProgress(sql, plan.name)
      settings.onProgress(`${plan.name}: ${progress.rows} rows in ${progress.batches} batches`)
      await pause(settings.pauseMs * ((await lagOf(sql)) > settings.maxLagS ? 10 : 1))
    }
    return { ...(await readProgress(sql, plan.name)), left: await rowsLeft(sql, plan) }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function begin(sql: Sql, plan: BackfillPlan): Promise<void> {
  const [key] = await sql<{ isUsable: boolean }[]>`
    select exists (
      select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = to_regclass(${quoteName(plan.table)}) and i.indisunique and i.indisvalid and i.indpred is null
        and i.indnkeyatts = 1 and a.attnotnull and a.attname = ${plan.key}) as "isUsable"`
  if (!key?.isUsable) {
    throw usageError(
      `${plan.table} has no unique, not null column "${plan.key}" with an index.`,
      'Name the primary key with --key; batches walk along it.',
    )
  }
  const definition = createHash('sha256')
    .update(JSON.stringify([plan.table, plan.set, plan.where, plan.key]))
    .digest('hex')
  await sql`insert into supabase_migrations.payd_backfills (name, definition) values (${plan.name}, ${definition})
    on conflict do nothing`
  const [row] = await sql<{ definition: string }[]>`
    select definition from supabase_migrations.payd_backfills where name = ${plan.name}`
  if (row?.definition !== definition) {
    throw usageError(`The backfill "${plan.name}" was begun with another definition.`, 'Give this one another name.')
  }
}

// The mark and the rows change in one transaction. The row of the backfill is locked first, so that a second run of the same
// backfill waits its turn instead of doing the same rows.
async function nextBatch(sql: Sql, plan: BackfillPlan, settings: BackfillSettings): Promise<boolean> {
  const [table, key, name] = [quoteName(plan.table), quoteName(plan.key), quoteText(plan.name)]
  const type = await typeOf(sql, plan)
  const text = `
do $batch$
declare
  v_last text;
  v_first ${table}.${key}%type;
  v_next ${table}.${key}%type;
  v_rows bigint;
  v_row jsonb;
  v_elsewhere jsonb;
  v_surprise text;
begin
  select last_key into v_last from supabase_migrations.payd_backfills where name = ${name} and finished_at is null for update;
  if not found then return; end if;
  select min(picked.${key}), max(picked.${key}) into v_first, v_next from (
    select ${key} from ${table}
    where v_last is null or ${key} > v_last::${type}
    order by ${key} limit ${settings.batch}
  ) as picked;
  if v_next is null then
    update supabase_migrations.payd_backfills set finished_at = clock_timestamp() where name = ${name};
    return;
  end if;
  select to_jsonb(filled) into v_row from ${table} as filled where (v_last is null or ${key} > v_last::${type}) and ${key} <= v_next and (${plan.where}) order by ${key} limit 1;
  v_first := v_row ->> ${quoteText(plan.key)};
  v_elsewhere := (select jsonb_object_agg(place, changes) from (${WRITTEN(plan)}) as written);
  update ${table} set ${plan.set}
  where (v_last is null or ${key} > v_last::${type}) and ${key} <= v_next and (${plan.where});
  get diagnostics v_rows = row_count;
  ${settings.mayChangeMore ? '' : surprises(plan)}
  update supabase_migrations.payd_backfills
  set last_key = v_next::text, rows = rows + v_rows, batches = batches + 1 where name = ${name};
end $batch$`
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runScript(sql, text)
      return !(await readProgress(sql, plan.name)).isFinished
    } catch (error) {
      const refusal = databaseError(error)
      if (refusal && ['55P03', '40P01'].includes(refusal.sqlState) && attempt < 20) {
        settings.onProgress(`${plan.name}: a lock was not free, trying again`)
        await pause(settings.pauseMs * attempt)
        continue
      }
      if (refusal?.sqlState === 'PD002') {
        throw usageError(
          `${plan.table} cannot be filled unseen: ${refusal.message}.`,
          'A backfill that moves every time of change, or tells the world about every row, is a change nobody ordered. Let the trigger return early when private.is_backfill(); or, if it is right, add --triggers-may-fire.',
        )
      }
      throw new ToolError(`The backfill "${plan.name}" stopped: ${errorText(error)}`, {
        why: 'Every batch before is committed, this one is not.',
        fix: 'Correct the cause and run the same command again; it continues where it stopped.',
        cause: error,
      })
    }
  }
}

// What a transaction wrote in other tables of the project, by the server's own counters.
const WRITTEN = (plan: BackfillPlan): string => `
    select schemaname || '.' || relname as place, n_tup_ins + n_tup_upd + n_tup_del as changes
    from pg_stat_xact_all_tables
    where schemaname !~ '^(pg_|information_schema|supabase_migrations)' and relid <> ${quoteText(quoteName(plan.table))}::regclass
      and relid not in (select inhrelid from pg_inherits where inhparent = ${quoteText(quoteName(plan.table))}::regclass)`

// Triggers decide for themselves whether filling a column is an edit, so what really happened is looked at: rows in other
// tables, and other columns of a filled row.
const surprises = (plan: BackfillPlan): string => `
  select string_agg(format('%s rows of %s', now.changes - coalesce((v_elsewhere ->> now.place)::bigint, 0), now.place), ', ') into v_surprise
  from (${WRITTEN(plan)}) as now where now.changes > coalesce((v_elsewhere ->> now.place)::bigint, 0);
  select concat_ws(', ', v_surprise, string_agg('the column ' || changed.key, ', ')) into v_surprise
  from ${quoteName(plan.table)} as filled, jsonb_each(to_jsonb(filled)) as changed
  where filled.${quoteName(plan.key)} = v_first and changed.value is distinct from v_row -> changed.key
    and changed.key <> all (array[${assignedColumns(plan).map(quoteText).join(', ')}]::text[])
    and not exists (select from pg_attribute where attrelid = ${quoteText(quoteName(plan.table))}::regclass and attname = changed.key and attgenerated <> '');
  if v_surprise <> '' then
    raise exception using errcode = 'PD002', message = 'filling these rows would also change ' || v_surprise;
  end if;`

function assignedColumns(plan: BackfillPlan): string[] {
  const parsed = parseSql(`update ${quoteName(plan.table)} set ${plan.set}`)
  const update = parsed.ok ? asNode<UpdateStmt>(parsed.sql.statements[0]?.node, 'UpdateStmt') : undefined
  if (!update) throw usageError(`"--set ${plan.set}" cannot be read.`, 'Write it as in SET: memo = upper(body).')
  return (update.targetList ?? []).map((entry) => asNode<{ name?: string }>(entry, 'ResTarget')?.name ?? '')
}

async function typeOf(sql: Sql, plan: BackfillPlan): Promise<string> {
  const [row] = await sql<{ type: string }[]>`
    select format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = to_regclass(${quoteName(plan.table)}) and attname = ${plan.key}`
  return row?.type ?? 'text'
}

async function readProgress(sql: Sql, name: string): Promise<Omit<BackfillProgress, 'left'>> {
  const [row] = await sql<{ rows: number; batches: number; isFinished: boolean }[]>`
    select rows::float8 as rows, batches::float8 as batches, finished_at is not null as "isFinished"
    from supabase_migrations.payd_backfills where name = ${name}`
  return row ?? { rows: 0, batches: 0, isFinished: false }
}

async function finish(sql: Sql, plan: BackfillPlan): Promise<BackfillProgress> {
  // The planner knows nothing of what was just written, and the next migration may ask for it.
  await sql.unsafe(`analyze ${quoteName(plan.table)}`)
  return { ...(await readProgress(sql, plan.name)), left: await rowsLeft(sql, plan) }
}

async function rowsLeft(sql: Sql, plan: BackfillPlan): Promise<number> {
  const [row] = await sql.unsafe<{ rows: number }[]>(
    `select count(*)::float8 as rows from ${quoteName(plan.table)} where ${plan.where}`,
  )
  return row?.rows ?? 0
}

async function lagOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ lag: number | null }[]>`
    select max(extract(epoch from coalesce(replay_lag, '0'::interval)))::float8 as lag from pg_stat_replication`
  return row?.lag ?? 0
}
