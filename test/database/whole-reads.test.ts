import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { connect } from '../../tools/lib/sql.ts'
import { createWorld, type World } from './support/world.ts'

// Whatever one company does costs the same beside companies that have much more. Their rows are written without triggers and foreign
// keys; the counters of the transaction tell which tables were read from end to end.
const ROWS = 5000
const NOISE = `
  set local session_replication_role = replica;
  insert into public.employees (id, organization_id, first_name, last_name, email, salary)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, 'First', 'Last ' || n, n || '@noise.example', 1 from generate_series(1, ${ROWS}) as n;
  insert into public.payroll_runs (id, organization_id, batch_id, status, period_start, period_end)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, 'NOISE-' || n, 'draft', '2020-01-01', '2020-01-31' from generate_series(1, ${ROWS}) as n;
  insert into public.payroll_items (id, organization_id, payroll_run_id, employee_id, item_type, amount, status, tx_hash, transaction_operation_id)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, 9000000 + n, 9000000 + n, 'base', 1, 'completed', encode(sha256(n::text::bytea), 'hex'), 9000000 + n
    from generate_series(1, ${ROWS}) as n;
  insert into public.transactions (id, organization_id, payroll_run_id, tx_hash, amount, asset_code, submission_state, status, source_account,
      sequence_number, envelope_xdr, operation_count, fee_bid_stroops, max_ledger, max_time, ledger, closed_at, proof)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, 9000000 + n, encode(sha256(n::text::bytea), 'hex'), 1, 'XLM', 'applied', 'completed', tests.address(90),
      n::text, 'AAAA', 1, 100, 10, '2020-01-01', 5, '2020-01-01', 'found_by_hash'
    from generate_series(1, ${ROWS}) as n;
  insert into public.transaction_operations (id, organization_id, transaction_id, operation_index, payroll_run_id, employee_id, destination, asset_code,
      amount, result_code)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, 9000000 + n, 0, 9000000 + n, 9000000 + n, tests.address(91), 'XLM', 1, 'op_success'
    from generate_series(1, ${ROWS}) as n;
  insert into public.events (id, organization_id, sequence, event_id, type, body, resource_type, resource_id, dedupe_key)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, n, 'noise_' || n, 'payment.completed', '{}', 'noise', n::text, 'noise ' || n from generate_series(1, ${ROWS}) as n;
  insert into public.audit_logs (id, organization_id, actor, action, resource_type, resource_id)
    overriding system value
    select 9000000 + n, 9000000 + n % 20, 'noise', 'created', 'employee', n::text from generate_series(1, ${ROWS}) as n;
  set local session_replication_role = origin`
// Not transactions: the builders of the tests count them.
const TABLES = ['audit_logs', 'employees', 'events', 'payroll_items', 'payroll_runs', 'transaction_operations']

let world: World
/** A session of the superuser, who can write without triggers. */
let admin: Sql

beforeAll(async () => {
  world = await createWorld()
  const url = new URL(inject('cluster').adminUrl)
  url.pathname = `/${world.sql.options.database}`
  admin = connect(url.href)
})
afterAll(async () => {
  await admin?.end()
  await world?.close()
})

test('nothing that a company does reads the rows of all companies', async () => {
  await admin.begin(async (transaction) => {
    const readWhole = async () =>
      await transaction<{ relname: string; seq_tup_read: string }[]>`
        select counted.relname, counted.seq_tup_read
        from pg_stat_xact_user_tables as counted
        where counted.schemaname = 'public' and counted.relname in ${transaction(TABLES)} and counted.seq_tup_read >= ${ROWS}
        order by counted.relname`

    await transaction.unsafe(NOISE).simple()
    await transaction.unsafe(`analyze public.transactions, ${TABLES.map((table) => `public.${table}`).join(', ')}`)
    expect(await readWhole()).toEqual([])

    await transaction`select tests.create_world()`
    expect(await readWhole()).toEqual([])

    // The counters see a table that is read whole.
    await transaction`select count(*) from public.payroll_items where amount::numeric = 2`
    expect((await readWhole()).map(({ relname }) => relname)).toEqual(['payroll_items'])
  })
})
