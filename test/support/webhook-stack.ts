import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import postgres, { type Sql } from 'postgres'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

/** A stack whose only worker is webhook-dispatch, which is rung by the test alone. */
export interface WebhookStack {
  readonly stack: Stack
  /** The database as its superuser, for planting, looking and making time pass. */
  readonly sql: Sql
  /** A new organization with its id. */
  organization(name: string): Promise<number>
  /** A new subscription to everything, and the number by which the queue knows it. */
  subscribe(organizationId: number, url: string, options?: { readonly timeoutMs?: number }): Promise<number>
  /** Writes so many events, a resource each, in one transaction. */
  emit(organizationId: number, count: number): Promise<void>
  /** Rings the worker; resolves when it was told, which is not when it has ended. */
  ring(): Promise<void>
  /** Lets every lease end and every retry be due, as if their time had come. */
  makeDue(): Promise<void>
  makeRetriesDue(): Promise<void>
  /** Resolves when nothing waits, is held or is to be repeated; rings and lets retries be due until then. */
  untilAllTold(): Promise<void>
  /** Kills the worker and resolves when nothing that it asked for is still being done. */
  killWorker(): Promise<void>
  /** Kills the worker and forgets everything that waits, and the subscriptions. */
  clear(): Promise<void>
  stop(): Promise<void>
}

/** One secret for all subscriptions of a test. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** Starts one; a durable one waits for the disk as a real server does, so that a crash loses nothing that was committed. */
export async function startWebhookStack({ isDurable = false } = {}): Promise<WebhookStack> {
  const folder = isDurable ? await mkdtemp(join(tmpdir(), 'payd-webhooks-')) : undefined
  if (folder !== undefined) await chmod(folder, 0o711)
  const stack = await startStack({
    functions: ['webhook-dispatch'],
    scheduler: false,
    realtime: false,
    sandbox: false,
    ...(folder === undefined ? {} : { dataDir: folder }),
  })
  const sql = postgres(stack.adminUrl, { max: 2, onnotice: () => undefined })
  const ring = async (): Promise<void> => {
    const headers = { apikey: stack.keys.cron }
    // A worker that is killed meanwhile answers nothing, which is what the tests are about.
    await fetch(`${stack.url}/functions/v1/webhook-dispatch`, { method: 'POST', headers }).then(
      (response) => response.text(),
      () => undefined,
    )
  }
  const makeRetriesDue = async (): Promise<void> => {
    await sql`update private.webhook_retry set due_at = now() - interval '1 second'`
    await sql`update private.webhook_endpoints set open_until = null, batch_limit = null, failures = 0 where failures > 0`
  }
  const killWorker = async (): Promise<void> => {
    await stack.functions.kill('webhook-dispatch')
    await vi.waitFor(
      async () => {
        const busy = await sql`select from pg_stat_activity where usename = 'authenticator' and state <> 'idle'`
        if (busy.length > 0) throw new Error(`${busy.length} sessions of the data API are busy.`)
      },
      { timeout: 60_000, interval: 5 },
    )
  }
  return {
    stack,
    sql,
    ring,
    makeDue: async () => {
      await sql`update private.webhook_leases set expires_at = clock_timestamp() - interval '1 second'`
      await makeRetriesDue()
    },
    makeRetriesDue,
    killWorker,
    clear: async () => {
      await killWorker()
      await sql`update public.webhook_subscriptions set is_active = false where is_active`
      for (const table of ['ready', 'retry', 'leases', 'dead']) {
        await sql`delete from private.${sql.unsafe(`webhook_${table}`)}`
      }
    },
    organization: async (name) => {
      const [row] = await sql<{ id: string }[]>`insert into public.organizations (name) values (${name}) returning id`
      return Number(row?.id)
    },
    subscribe: async (organizationId, url, { timeoutMs = 15_000 } = {}) => {
      const [row] = await sql<{ id: string; endpoint_id: string }[]>`
        insert into public.webhook_subscriptions (organization_id, url, timeout_ms)
        values (${organizationId}, ${url}, ${timeoutMs}) returning id, endpoint_id`
      await sql`
        insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
        values (${organizationId}, ${row?.id ?? ''}, decode(${SECRET.slice(6)}, 'base64'))`
      return Number(row?.endpoint_id)
    },
    emit: async (organizationId, count) => {
      await sql`
        select private.emit_events(${organizationId}, array_agg(row('payroll.completed', 'payroll_run', gen.id,
          gen.id, jsonb_build_object('payroll_run_id', gen.id))::private.event_input))
        from (select gen_random_uuid()::text as id from generate_series(1, ${count}::integer)) as gen`
    },
    untilAllTold: async () => {
      await vi.waitFor(
        async () => {
          const [left] = await sql<{ count: number }[]>`
            select ((select count(*) from private.webhook_ready_deliveries) + (select count(*) from private.webhook_retry)
              + (select count(*) from private.webhook_leases))::integer as count`
          if (left?.count === 0) return
          await makeRetriesDue()
          await ring()
          throw new Error(`${left?.count} deliveries or leases are left.`)
        },
        { timeout: 120_000, interval: 50 },
      )
    },
    stop: async () => {
      await sql.end({ timeout: 5 })
      await stack.stop()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One request that arrived and verified. */
export type Arrival = { readonly path: string; readonly webhookId: string; readonly body: string }

/** A receiver that verifies everything with the reference library and keeps it. */
export interface Sink {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  /** Why a delivery did not verify. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** Starts a receiver; `answer` may hold an answer back, or answer something else than 204. */
export async function startSink(
  answer: (arrival: Arrival, response: ServerResponse) => void = (_, response) => void response.writeHead(204).end(),
): Promise<Sink> {
  const arrivals: Arrival[] = []
  const complaints: string[] = []
  const webhook = new Webhook(SECRET)
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const arrival = {
      path: request.url ?? '',
      webhookId: String(request.headers['webhook-id']),
      body: body.toString('utf8'),
    }
    try {
      webhook.verify(body, request.headers as Record<string, string>)
      arrivals.push(arrival)
    } catch (error) {
      complaints.push(`${arrival.webhookId}: ${String(error)}`)
    }
    answer(arrival, response)
  }
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    complaints,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
