import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { runMigrations } from 'graphile-worker'
import { PgBoss } from 'pg-boss'
import type { Sql } from 'postgres'
import { connect } from '../../tools/lib/sql.ts'

/** What a job of a peer holds: the same bytes that PayD sends. */
export type PeerJob = { readonly id: string; readonly url: string; readonly body: string }

export const PEERS = ['pg-boss', 'graphile-worker'] as const
export type Peer = (typeof PEERS)[number]

/** How many deliveries a peer has under way at the same time, and how long it waits for one. */
export type PeerLimits = { readonly sockets: number; readonly timeoutMs: number }

export interface PeerWorker {
  go(): void
  stop(): Promise<void>
}

/** A database of the same server with the tables of a peer. */
export interface PeerQueue {
  readonly peer: Peer
  readonly sql: Sql
  /** Puts jobs in, as many in a call as the peer takes. */
  enqueue(jobs: readonly PeerJob[]): Promise<void>
  /** A worker that has booted and waits for its sign to begin. */
  boot(limits: PeerLimits): Promise<PeerWorker>
  close(): Promise<void>
}

export async function openPeer(peer: Peer, databaseUrl: string): Promise<PeerQueue> {
  const sql = connect(databaseUrl)
  await sql`
    create table attempts (id bigint generated always as identity primary key, webhook_id text not null,
      status integer not null, duration_ms integer not null, at timestamptz not null default now())`
  const boss = peer === 'pg-boss' ? new PgBoss({ connectionString: databaseUrl, max: 2 }) : null
  if (boss === null) await runMigrations({ connectionString: databaseUrl })
  else {
    await boss.start()
    await boss.createQueue('webhooks')
  }
  const enqueue = async (jobs: readonly PeerJob[]): Promise<void> => {
    for (let from = 0; from < jobs.length; from += 1_000) {
      const some = jobs.slice(from, from + 1_000)
      if (boss !== null)
        await boss.insert(
          'webhooks',
          some.map((data) => ({ data })),
        )
      else {
        await sql`
          select count(*) from graphile_worker.add_jobs(array(
            select json_populate_record(null::graphile_worker.job_spec, json_build_object('identifier', 'webhook',
              'payload', job.value))
            from jsonb_array_elements(${sql.json(some)}) as job))`
      }
    }
  }
  return {
    peer,
    sql,
    enqueue,
    boot: async ({ sockets, timeoutMs }) => {
      const options = [peer, databaseUrl, String(sockets), String(timeoutMs)]
      const child = fork(join(import.meta.dirname, 'peer-process.ts'), options)
      await once(child, 'message')
      return { go: () => void child.send('go'), stop: () => ended(child) }
    },
    close: async () => {
      await boss?.stop({ graceful: false })
      await sql.end({ timeout: 5 })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
