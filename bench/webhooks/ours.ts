import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { connect } from '../../tools/lib/sql.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

/** PayD on a durable server of its own, with PostgREST behind the gateway and webhook-dispatch in Deno. */
export interface OurQueue {
  readonly stack: Stack
  readonly sql: Sql
  /** Makes so many organizations with so many subscriptions each; the first of `hanging` endpoints never answer. */
  subscribe(options: {
    readonly organizations: number
    readonly each: number
    readonly sinkUrl: string
    readonly hanging?: number
    readonly timeoutMs?: number
  }): Promise<void>
  /** Writes so many events of about a kilobyte, spread over the organizations, in transactions of 1,000. */
  emit(events: number): Promise<void>
  ring(): Promise<void>
  /** Forgets subscriptions and what waits. */
  clear(): Promise<void>
  close(): Promise<void>
}

export async function openOurs({ scheduler = false } = {}): Promise<OurQueue> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-bench-'))
  await chmod(folder, 0o711)
  const stack = await startStack({
    dataDir: folder,
    functions: ['webhook-dispatch'],
    scheduler,
    realtime: false,
    sandbox: false,
  })
  const sql = connect(stack.adminUrl)
  return {
    stack,
    sql,
    subscribe: async ({ organizations, each, sinkUrl, hanging = 0, timeoutMs = 5_000 }) => {
      await sql`
        with made as (
          insert into public.organizations (name) select 'Bench ' || n from generate_series(1, ${organizations}::int) as n
          returning id
        ),
        subscribed as (
          insert into public.webhook_subscriptions (organization_id, url, timeout_ms)
          select made.id, ${sinkUrl} || case when (row_number() over (order by made.id, n)) <= ${hanging}
            then '/hang/' else '/' end || made.id || '/' || n, ${timeoutMs}
          from made, generate_series(1, ${each}::int) as n
          returning organization_id, id
        )
        insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
        select organization_id, id, decode(repeat('07', 32), 'hex') from subscribed`
    },
    emit: async (events) => {
      const organizations = await sql<{ id: string }[]>`
        select distinct organization_id as id from public.webhook_subscriptions where is_active order by 1`
      const share = Math.ceil(events / organizations.length)
      for (const { id } of organizations) {
        for (let from = 0; from < share; from += 1_000) {
          await sql`
            select private.emit_events(${id}, array_agg(row('payroll.completed', 'payroll_run', n::text,
              'payroll.completed:' || n, jsonb_build_object('payroll_run_id', n, 'text', repeat('x', 900)))::private.event_input))
            from generate_series(${from + 1}::integer, ${Math.min(from + 1_000, share)}::integer) as n`
        }
      }
    },
    ring: async () => {
      const headers = { apikey: stack.keys.cron }
      await (await fetch(`${stack.url}/functions/v1/webhook-dispatch`, { method: 'POST', headers })).text()
    },
    clear: async () => {
      await stack.functions.kill('webhook-dispatch')
      await sql`update public.webhook_subscriptions set is_active = false where is_active`
      for (const table of ['ready', 'retry', 'leases']) await sql`truncate private.${sql.unsafe(`webhook_${table}`)}`
      await stack.functions.start('webhook-dispatch')
    },
    close: async () => {
      await sql.end({ timeout: 5 })
      await stack.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
