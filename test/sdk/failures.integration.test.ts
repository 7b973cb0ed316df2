import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../../src/core/command.ts'
import { send } from '../../src/core/send.ts'
import { createPayd, getPayrollRun, type PaydClient, parsePayrollRunId, type Wait } from '../../src/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { anOrganization, aPerson, startProject } from './project.ts'

let stack: Stack
let admin: Awaited<ReturnType<typeof anOrganization>>

beforeAll(async () => {
  stack = await startProject()
  admin = await anOrganization(stack)
}, 60_000)

afterAll(() => stack?.stop())

/** A wait that does not wait, and remembers how long it would have. */
function countedWait(): { waited: number[]; wait: Wait } {
  const waited: number[] = []
  return { waited, wait: async (ms) => void waited.push(ms) }
}

/** A fetch that sends the first `count` commands to the server and then loses their answers. */
function losing(count: number): { fetch: typeof fetch; keys: unknown[] } {
  const keys: unknown[] = []
  let lost = 0
  return {
    keys,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      if (init?.method !== 'POST') return response
      keys.push(JSON.parse(String(init.body)).idempotency_key)
      if (lost++ >= count) return response
      await response.body?.cancel()
      throw new TypeError('fetch failed')
    },
  }
}

const PERIOD = { period_start: '2026-01-01', period_end: '2026-01-31' }

describe('a command whose answer is lost', () => {
  it('is repeated with the same key and happens once', async () => {
    const { fetch, keys } = losing(2)
    const { waited, wait } = countedWait()
    const before = (await admin.payd.payrollRuns.list()).items.length
    const run = await admin.withFetch(fetch).payrollRuns.create(PERIOD, { wait, random: () => 0 })
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    expect(waited).toEqual([125, 500])
    const { items } = await admin.payd.payrollRuns.list()
    expect(items).toHaveLength(before + 1)
    expect(items[0]?.id).toBe(run.id)
  })

  it('is reported as a network error when it stays lost', async () => {
    const { wait } = countedWait()
    const lost = admin.withFetch(losing(3).fetch).payrollRuns.create(PERIOD, { wait })
    await expect(lost).rejects.toMatchObject({ kind: 'network', code: 'network_error', retryable: true })
  })

  it('is not repeated when a second time would mean something else', async () => {
    const { fetch, keys } = losing(1)
    const draft = await admin.payd.payrollRuns.create(PERIOD)
    const rejected = admin.withFetch(fetch).payrollRuns.reject(draft.id, 'No.')
    await expect(rejected).rejects.toMatchObject({ kind: 'network' })
    expect(keys).toHaveLength(1)
  })

  it('renews the token of an invitation, and says when that is no longer open', async () => {
    const { wait } = countedWait()
    const person = await aPerson(stack)
    const idempotencyKey = randomUUID()
    const invite = () =>
      admin.withFetch(losing(1).fetch).members.invite({ email: person.email, role: 'viewer' }, { wait, idempotencyKey })
    const invitation = await invite()
    const member = await person.payd.members.acceptInvitation(invitation.token)
    expect(member).toMatchObject({ role: 'viewer', organization_id: admin.organizationId })
    await expect(invite()).rejects.toMatchObject({ code: 'invitation_not_open', kind: 'conflict' })
  })

  it('closes an organization once, by its id', async () => {
    const { wait } = countedWait()
    const other = await anOrganization(stack)
    const { fetch, keys } = losing(1)
    const closed = await other.withFetch(fetch).organizations.close(other.organizationId, 'We stop.', { wait })
    expect(keys).toHaveLength(2)
    expect(closed.deleted_at).not.toBeNull()
    expect(await other.payd.organizations.current()).toBeNull()
    await expect(other.payd.organizations.close(admin.organizationId, 'Theirs')).rejects.toMatchObject({
      code: 'not_your_organization',
    })
  })

  it('says that a webhook secret was lost with it, because it is shown only once', async () => {
    const { wait } = countedWait()
    const lost = admin.withFetch(losing(1).fetch).webhooks.subscribe({ url: 'https://example.com/hooks' }, { wait })
    await expect(lost).rejects.toMatchObject({ code: 'webhook_secret_not_shown_again', kind: 'conflict' })
  })
})

describe('a command the database refuses', () => {
  it('is sent once, because asking again changes nothing', async () => {
    const { fetch, keys } = losing(0)
    const { waited, wait } = countedWait()
    const reversed = { period_start: '2026-02-01', period_end: '2026-01-01' }
    const refused = admin.withFetch(fetch).payrollRuns.create(reversed, { wait })
    await expect(refused).rejects.toMatchObject({ code: 'period_reversed', retryable: false })
    expect(keys).toHaveLength(1)
    expect(waited).toEqual([])
  })
})

describe('an idempotency key of the caller', () => {
  it('gives the first result again, and refuses other arguments', async () => {
    const idempotencyKey = randomUUID()
    const first = await admin.payd.payrollRuns.create(PERIOD, { idempotencyKey })
    expect(await admin.payd.payrollRuns.create(PERIOD, { idempotencyKey })).toEqual(first)
    const other = admin.payd.payrollRuns.create({ ...PERIOD, memo: 'Other' }, { idempotencyKey })
    await expect(other).rejects.toMatchObject({ kind: 'conflict', code: 'idempotency_key_reused' })
  })
})

describe('a caller who stops waiting', () => {
  it('gets no answer when it aborted before', async () => {
    const call = admin.payd.employees.list({}, { signal: AbortSignal.abort() })
    await expect(call).rejects.toMatchObject({ kind: 'aborted', code: 'aborted' })
  })

  it('is let go while the request is under way, and while it waits to try again', async () => {
    const controller = new AbortController()
    const hanging: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        controller.abort()
      })
    const { signal } = controller
    const call = admin.withFetch(hanging).payrollRuns.create(PERIOD, { signal })
    await expect(call).rejects.toMatchObject({ kind: 'aborted', code: 'aborted' })

    const second = new AbortController()
    const wait: Wait = async () => {
      second.abort()
      throw second.signal.reason
    }
    const retrying = admin.withFetch(losing(9).fetch).payrollRuns.create(PERIOD, { signal: second.signal, wait })
    await expect(retrying).rejects.toMatchObject({ kind: 'aborted', code: 'aborted' })
  })
})

describe('waiting for a run', () => {
  it('looks again until it has ended, past failures that may pass, and tells every change once', async () => {
    const draft = await admin.payd.payrollRuns.create(PERIOD)
    const states = ['pending', 'pending', 'failure', 'failure', 'failure', 'processing', 'completed'] as const
    let looks = 0
    const scripted: typeof fetch = async (input, init) => {
      const state = states[looks++]
      if (state === 'failure') return Response.json({ code: 'PGRST001', message: 'no connection' }, { status: 503 })
      const row = await (await fetch(input, init)).json()
      // The run itself is read once, after its end.
      if (!String(input).includes('payroll_run_summaries')) return Response.json({ ...row, status: 'completed' })
      return Response.json({ ...row, status: state })
    }
    const { waited, wait } = countedWait()
    const seen: string[] = []
    const client = admin.withFetch(scripted)
    const ended = await client.payrollRuns.waitUntilFinished(draft.id, {
      wait,
      intervalMs: 5,
      onProgress: (progress) => seen.push(progress.status),
    })
    expect(ended.status).toBe('completed')
    expect(seen).toEqual(['pending', 'processing', 'completed'])
    // Two more attempts at the read that failed, and the interval after every look.
    expect(waited.filter((ms) => ms !== 5)).toHaveLength(2)
    expect(waited.filter((ms) => ms === 5)).toHaveLength(4)
  })

  it('ends when the caller stops waiting, and at once for a run that is not there', async () => {
    const draft = await admin.payd.payrollRuns.create(PERIOD)
    const controller = new AbortController()
    const wait: Wait = async (_ms, signal) => {
      controller.abort()
      signal?.throwIfAborted()
    }
    const waiting = admin.payd.payrollRuns.waitUntilFinished(draft.id, { wait, signal: controller.signal })
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' })
    const absent = admin.payd.payrollRuns.waitUntilFinished(parsePayrollRunId('999999999'))
    await expect(absent).rejects.toMatchObject({ kind: 'not_found' })
  })
})

describe('what the app can have wrong', () => {
  it('a session that is none', async () => {
    const global = { headers: { authorization: 'Bearer a.b.c' } }
    const payd = createPayd(createClient(stack.url, stack.keys.publishable, { global }))
    await expect(payd.employees.list()).rejects.toMatchObject({ kind: 'unauthenticated', code: 'session_invalid' })
  })

  it('a session that has ended', async () => {
    const token = stack.signJwt({ sub: randomUUID(), role: 'authenticated' }, { expiresInSeconds: -60 })
    const global = { headers: { authorization: `Bearer ${token}` } }
    const payd = createPayd(createClient(stack.url, stack.keys.publishable, { global }))
    await expect(payd.employees.list()).rejects.toMatchObject({ kind: 'unauthenticated', code: 'session_expired' })
  })

  it('without a session', async () => {
    const payd = createPayd(createClient(stack.url, stack.keys.publishable))
    await expect(payd.organizations.create({ name: 'X' })).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('a database older than the SDK', async () => {
    const request = call(admin.supabase, 'no_such_function' as 'request_sync', {})
    await expect(send(request, { action: 'test', options: {} })).rejects.toMatchObject({ code: 'schema_outdated' })
  })

  it('an object that is no client', async () => {
    const call = getPayrollRun({} as PaydClient, parsePayrollRunId('1'))
    await expect(call).rejects.toMatchObject({ code: 'invalid_client', hint: expect.stringContaining('createClient') })
  })
})
