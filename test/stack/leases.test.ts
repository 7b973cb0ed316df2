import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../tools/lib/sql.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'
import { childrenOf, startFixtureStack } from './fixture.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payd-leases-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

// What dead workers had leased is free at the next start, so a payroll goes on at once instead of after the lease.
test('a start gives back what the workers of an interrupted run had leased', async () => {
  const first = await start()
  await query(
    first,
    `insert into public.organizations (name) values ('Acme');
     insert into private.source_accounts (account_id, organization_id, lease_token, leased_until, next_check_at)
       select 'GDZZDAEDBKTZRSQX5OLITL6DZSPNDEURBGQI7QZO3MXZTVYVA4BUNE5Y', id, gen_random_uuid(), now() + interval '2 minutes', now() + interval '2 minutes' from public.organizations;
     insert into private.wallet_reads (account_id, lease_token, leased_until)
       values ('GDZZDAEDBKTZRSQX5OLITL6DZSPNDEURBGQI7QZO3MXZTVYVA4BUNE5Y', gen_random_uuid(), now() + interval '2 minutes');
     insert into public.webhook_subscriptions (organization_id, url) select id, 'https://hooks.example' from public.organizations;
     select private.emit_event(id, 'employee.created', 'employee', number::text, 'lease ' || number, '{}')
       from public.organizations, generate_series(1, 3) as number;
     select public.claim_webhook_deliveries(2)`,
  )
  expect(await query(first, DELIVERIES)).toEqual([{ held: 2, ready: 1, first_attempts: 1 }])
  await first.stop()

  const second = await start()
  try {
    expect(
      await query(
        second,
        `select (select count(*)::int from private.source_accounts where lease_token is null and leased_until is null and next_check_at <= now()) as free,
           (select count(*)::int from private.wallet_reads) as leases`,
      ),
    ).toEqual([{ free: 1, leases: 0 }])
    // They were not attempted, so each is due once and none of its attempts is used.
    expect(await query(second, DELIVERIES)).toEqual([{ held: 0, ready: 3, first_attempts: 3 }])
  } finally {
    await second.stop()
  }
})

const DELIVERIES = `
  select (select coalesce(sum(cardinality(delivery_ids)), 0)::int from private.webhook_leases) as held,
    (select count(distinct id)::int from private.webhook_ready_deliveries) as ready,
    (select count(*)::int from private.webhook_ready_deliveries where attempts = 0) as first_attempts`

const start = (): Promise<Stack> => startStack({ dataDir: folder, functions: false, scheduler: false, sandbox: false })

async function query(stack: Stack, statements: string): Promise<unknown[]> {
  const sql = connect(stack.adminUrl)
  try {
    return [...(await sql.unsafe(statements))]
  } finally {
    await sql.end()
  }
}

describe('the Stellar sandbox', () => {
  test('is missed when it dies, and not when a test ends it', async () => {
    const stack = await startFixtureStack({ functions: false, sandbox: { ledgerIntervalMs: 'manual' } })
    try {
      await stack.sandbox?.kill()
      await stack.sandbox?.start()
      expect(await healthOf(stack)).toMatchObject({ sandbox: true })

      const [pid] = childrenOf(process.pid, 'sandbox-process')
      process.kill(pid ?? 0, 'SIGKILL')
      expect(await stack.failed).toMatch(/^The Stellar sandbox ended by SIGKILL/)
      expect(await healthOf(stack)).toMatchObject({ sandbox: false })
    } finally {
      await stack.stop()
    }
  })
})

const healthOf = async (stack: Stack): Promise<unknown> => (await fetch(`${stack.url}/health`)).json()
