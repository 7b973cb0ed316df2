import type { Sql } from 'postgres'
import { enter, type RepeatedPair, type Role, type Tenant, type Values } from './request.ts'
import { ADDRESSES, employeeOf } from './world.ts'

/** What people write goes through functions; the limit is the bare statement, once with the same triggers and once without any. */
export function writes(sql: Sql, { organizationId, manager }: Tenant): RepeatedPair[] {
  const undone =
    (role: Role, statement: string, values: Values, triggers = true) =>
    async (): Promise<void> => {
      await sql
        .begin(async (transaction) => {
          await enter(transaction, role, manager, 'POST')
          if (!triggers) await transaction`select set_config('session_replication_role', 'replica', true)`
          await transaction.unsafe(statement, [...values], { prepare: true })
          throw UNDO
        })
        .catch((error: unknown) => {
          if (error !== UNDO) throw error
        })
    }
  const person = { first_name: 'New', last_name: 'Person', email: 'new@example.com', salary: '1000' }
  const people = Array.from({ length: 1_000 }, (_, index) => ({
    line: index + 1,
    ...person,
    first_name: `New${index}`,
    email: `new${index}@example.com`,
  }))
  const furnished = people.map((one, index) => ({
    ...one,
    wallet_address: ADDRESSES[index % ADDRESSES.length],
    position: 'Engineer',
    department: 'Research',
  }))
  const id = employeeOf(organizationId)
  const fields = 'first_name, last_name, email, salary'
  const insert = `insert into public.employees (organization_id, ${fields}) values ($1, $2, $3, $4, $5::numeric) returning id`
  const insertValues = [organizationId, 'New', 'Person', 'new@example.com', '1000']
  const update = `update public.employees set position = $3 where organization_id = $1 and id = $2 returning id`
  const bulk = (columns: string) => {
    // The time of an address is kept by a trigger, which one of the two statements does without.
    const also = columns.includes('wallet_address') ? ['wallet_address_set_at', 'now()'] : ['status', "'active'"]
    return `insert into public.employees (organization_id, ${also[0]}, ${columns})
     select ${organizationId}, ${also[1]}, ${columns.replace('salary', 'salary::numeric')} from jsonb_to_recordset($1::text::jsonb)
       as row (first_name text, last_name text, email text, salary text, wallet_address text, position text, department text)`
  }
  const imported = 'select count(*) from public.import_employees($1::text::jsonb)'
  const write = (
    what: string,
    aim: string | undefined,
    repeats: number,
    ours: readonly [string, Values],
    limit: readonly [string, Values],
  ): RepeatedPair[] => [
    {
      what,
      repeats,
      ...(aim === undefined ? {} : { aim }),
      ours: undone('authenticated', ...ours),
      limit: undone('supabase_admin', ...limit),
    },
    {
      what: `${what}, over the statement without triggers`,
      repeats,
      ours: undone('authenticated', ...ours),
      limit: undone('supabase_admin', ...limit, false),
    },
  ]
  return [
    ...write(
      'add one employee',
      'at most 1.2',
      40,
      ['select id from public.create_employee($1::text::jsonb)', [JSON.stringify(person)]],
      [insert, insertValues],
    ),
    ...write(
      'change one employee',
      'at most 1.2',
      40,
      ['select id from public.update_employee($1, 1, $2::text::jsonb)', [id, '{"position": "Baker"}']],
      [update, [organizationId, id, 'Baker']],
    ),
    ...write(
      'import 1,000 employees, row by row report included',
      'at most 1.3',
      1,
      [imported, [JSON.stringify(people)]],
      [bulk(fields), [JSON.stringify(people)]],
    ),
    ...write(
      'import 1,000 employees with address, position and department',
      'at most 1.5',
      1,
      [imported, [JSON.stringify(furnished)]],
      [bulk(`${fields}, wallet_address, position, department`), [JSON.stringify(furnished)]],
    ),
  ]
}

const UNDO = new Error('Every write is taken back.')
