import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from './support/world.ts'

// What the SDK reads is a table with filters and an order. Whatever they are, the tenant must be a condition of the index, so that no
// plan fetches a row of another tenant to throw it away. The tables are small here, so sequential scans are taken out of the choice:
// where one is left, there is no index that could do better.
let world: World
let tables: string[]

beforeAll(async () => {
  world = await createWorld()
  await world.sql`select tests.create_world()`
  tables = (
    await world.sql<{ name: string }[]>`
      select name from tests.tenant_tables() as name
      where has_table_privilege('authenticated', 'public.' || quote_ident(name), 'select')`
  ).map(({ name }) => name)
})
afterAll(() => world?.close())

test('no plan for a member or an employee reads rows of another tenant', async () => {
  expect(tables.length).toBeGreaterThan(20)
  const found: Record<string, readonly string[]> = {}
  for (const person of ['ada', 'eve']) {
    for (const table of tables) {
      const scans = await scansOf(
        world.sql,
        person,
        `select * from public.${table} order by created_at desc limit 50`,
        table,
      )
      const wrong = scans.filter((scan) => !isBoundToTenant(scan))
      if (scans.length === 0 || wrong.length > 0)
        found[`${person} ${table}`] = wrong.map((scan) => JSON.stringify(scan))
    }
  }
  expect(found).toEqual({})
})

// The bound on the employee is a condition of the index, so an employee reads no more in a large company than in a small one.
test('the own items and payslips of an employee are found by the employee in the index', async () => {
  await world.sql`select tests.create_employees('Acme', 300)`
  await world.sql`select tests.create_run('Acme')`
  await world.sql`analyze public.payroll_items`
  for (const relation of ['payroll_items', 'payslips']) {
    const scans = await scansOf(world.sql, 'eve', `select * from public.${relation}`, 'payroll_items')
    expect(scans.length, relation).toBeGreaterThan(0)
    for (const scan of scans) expect(scan['Index Cond'], relation).toMatch(/employee_id >= .*employee_id <= /)
  }
})

test('the name on a payslip is found by the employee in the index', async () => {
  await world.sql`analyze public.employees`
  const scans = await scansOf(world.sql, 'eve', 'select * from public.payslips', 'employees')
  expect(scans.length).toBeGreaterThan(0)
  for (const scan of scans) expect(scan['Index Cond']).toMatch(/\bid >= .*\bid <= /)
})

test('the check sees a policy that cannot use an index', async () => {
  await world.sql`alter policy "Members can read the payroll runs of their organization" on public.payroll_runs using (organization_id + 0 = (select private.organization_id()))`
  const scans = await scansOf(world.sql, 'ada', 'select * from public.payroll_runs', 'payroll_runs')
  expect(scans.some((scan) => !isBoundToTenant(scan))).toBe(true)
})

type PlanNode = {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

// What belongs to no tenant, such as events of a shared contract, is there for every member.
const isBoundToTenant = (scan: PlanNode): boolean => /\borganization_id (= |IS NULL)/.test(scan['Index Cond'] ?? '')

/** The nodes that fetch rows of the table or of one of its partitions, in the plan the person gets. */
async function scansOf(sql: Sql, person: string, query: string, table: string): Promise<PlanNode[]> {
  const plan = await sql.begin(async (transaction) => {
    await transaction`select tests.authenticate_as(${person})`
    await transaction`set local enable_seqscan = off`
    const columns = await transaction<{ column_name: string }[]>`
      select column_name from information_schema.columns where table_schema = 'public' and table_name = ${table} and column_name = 'created_at'`
    const asked = columns.length > 0 ? query : query.replace(/ order by created_at desc/, '')
    const [row] = await transaction.unsafe<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
      `explain (format json, costs off) ${asked}`,
    )
    return row?.['QUERY PLAN'][0].Plan
  })
  return plan === undefined ? [] : nodesOf(plan).filter((node) => isScan(node) && readsTable(node, table))
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

// A bitmap heap scan fetches what its index scan below found, and names no condition of its own.
const isScan = (node: PlanNode): boolean => /Scan$/.test(node['Node Type']) && node['Node Type'] !== 'Bitmap Heap Scan'

const readsTable = (node: PlanNode, table: string): boolean =>
  (node['Relation Name'] ?? '').startsWith(table) ||
  (node['Node Type'] === 'Bitmap Index Scan' && (node['Index Name'] ?? '').includes(table))
