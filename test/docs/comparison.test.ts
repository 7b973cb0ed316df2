import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareSchemas } from '../../tools/docs/comparison.ts'
import { readShapes, type Shape } from '../../tools/docs/shape.ts'
import { readSourceSchema } from '../../tools/docs/source-schema.ts'
import { connect } from '../../tools/lib/sql.ts'
import { migratedTemplate, type SharedServer, sharedServer } from '../db/shared-server.ts'

let server: SharedServer
let asked: Shape[]

beforeAll(async () => {
  server = sharedServer()
  asked = await readSourceSchema(server)
})

afterAll(() => server?.stop())

describe('the comparison with the source document', () => {
  test('asks for everything that the document lists', () => {
    const counts = {
      tables: asked.length,
      columns: asked.flatMap((table) => table.columns).length,
      checks: asked.flatMap((table) => table.checks).length,
      relationships: asked.flatMap((table) => table.references).length,
      indexes: asked.flatMap((table) => table.indexes).filter(({ name }) => name.startsWith('idx_')).length,
    }
    expect(counts).toEqual({ tables: 20, columns: 183, checks: 13, relationships: 21, indexes: 49 })
  })

  // Each statement changes one thing that the document asks for.
  test.each([
    [
      'a type',
      'alter table public.contract_events alter column ledger_sequence type numeric',
      'contract_events.type of `ledger_sequence`',
    ],
    [
      'a limit of a text',
      'alter table public.organizations drop constraint organizations_name_has_1_to_255_characters',
      'organizations.type of `name`',
    ],
    ['a null', 'alter table public.contract_events alter column data drop not null', 'contract_events.`data` null'],
    [
      'a default',
      'alter table public.employees alter column created_at drop default',
      'employees.default of `created_at`',
    ],
    ['a column', 'alter table public.contract_registry drop column description', 'contract_registry.`description`'],
    ['listed values', 'alter table public.users drop constraint users_role_is_known', 'users.values of `role`'],
    [
      'a unique',
      'alter table public.payroll_runs drop constraint payroll_runs_batch_id_is_unique',
      'payroll_runs.unique (batch_id)',
    ],
    [
      'a relationship',
      'alter table public.contract_upgrade_logs drop constraint contract_upgrade_logs_registry_id_fkey',
      'contract_upgrade_logs.`registry_id` → `contract_registry`',
    ],
    ['an index', 'drop index public.idx_wallets_org_asset', 'wallets.`idx_wallets_org_asset`'],
    [
      'the columns of an index',
      'drop index public.idx_wallets_org_asset; create index idx_wallets_org_asset on public.wallets (asset_code)',
      'wallets.`idx_wallets_org_asset`',
    ],
    [
      'the condition of an index',
      'drop index public.idx_wallets_frozen; create index idx_wallets_frozen on public.wallets (organization_id, is_frozen)',
      'wallets.`idx_wallets_frozen`',
    ],
    [
      'the kind of an index',
      'drop index public.idx_employees_search; create index idx_employees_search on public.employees (search_vector)',
      'employees.`idx_employees_search`',
    ],
  ])('sees %s that differs', async (_what, change, name) => {
    const url = await server.createDatabase('changed', migratedTemplate())
    const sql = connect(url)
    try {
      const before = await differences(sql)
      await sql.unsafe(change).simple()
      const after = await differences(sql)
      expect(before).not.toContain(name)
      expect(after).toContain(name)
    } finally {
      await sql.end()
      await server.dropDatabase('changed')
    }
  })
})

/** `table.what` of every difference. */
async function differences(sql: ReturnType<typeof connect>): Promise<string[]> {
  return compareSchemas(asked, await readShapes(sql)).map(({ table, name }) => `${table}.${name}`)
}
