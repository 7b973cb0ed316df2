import { readFile } from 'node:fs/promises'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

const WAIT = { timeout: 60_000, interval: 50 }

let stack: Stack
let sql: Sql

beforeAll(async () => {
  stack = await startStack({ functions: ['webhook-dispatch'], sandbox: false, realtime: false })
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
})
afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

test('webhook-dispatch is not called while nothing is due, is answered at once when it is, and goes on afterwards', async () => {
  // The scheduler has looked, which is written down, and has called nothing.
  await vi.waitFor(async () => {
    const looked = await sql`
      select from private.scheduled_job_runs where name = 'webhook-dispatch' and last_run_at is not null`
    expect(looked).toHaveLength(1)
  }, WAIT)
  expect(await callsOf()).toEqual([])

  // An event that a subscription wants rings at its commit.
  await sql`insert into public.organizations (name) values ('Acme')`
  await sql`
    insert into public.webhook_subscriptions (organization_id, url)
    select id, 'http://127.0.0.1:9/' from public.organizations`
  await sql`
    select private.emit_event(id, 'payroll.completed', 'payroll_run', '1', 'one', '{}') from public.organizations`
  await vi.waitFor(async () => expect(await sql`select from public.webhook_attempts`).toHaveLength(1), WAIT)
  expect((await callsOf()).map(({ status }) => status)).toEqual([202])
})

/** The calls that the function wrote into its log. */
async function callsOf(): Promise<{ readonly status: number }[]> {
  const text = await readFile(stack.functions.logFile('webhook-dispatch'), 'utf8')
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'webhook-dispatch.request')
}
