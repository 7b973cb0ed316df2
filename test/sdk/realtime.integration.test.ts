import { randomUUID } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPayd, type PaydError, parseOrganizationId } from '../../src/index.ts'
import { type LiveEvent, type LiveStatus, subscribeToInbox, subscribeToOrganization } from '../../src/realtime/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { aMember, anOrganization, aPerson, startProject } from './project.ts'

let stack: Stack
let sql: Sql
let admin: Awaited<ReturnType<typeof anOrganization>>

beforeAll(async () => {
  stack = await startProject()
  sql = postgres(stack.adminUrl, { max: 2, onnotice: () => undefined })
  admin = await anOrganization(stack)
}, 60_000)

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

/** Remembers what was told, and waits for what is to be told. */
function heard<Value>() {
  const values: Value[] = []
  let wake: () => void = () => undefined
  return {
    values,
    add: (value: Value): void => {
      values.push(value)
      wake()
    },
    until: async (isThere: (values: readonly Value[]) => boolean): Promise<void> => {
      while (!isThere(values)) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

const newEmployee = (name = 'Ada') => ({ first_name: name, last_name: 'L', email: `${randomUUID()}@example.com` })

/** Sends the message of an event with this number, which does not exist. */
async function sendMessage(sequence: number): Promise<void> {
  const about = { organization_id: admin.organizationId, first_sequence: sequence, last_sequence: sequence }
  const event = { id: 'evt_x', sequence, type: 'employee.added', resource_type: 'employee', resource_id: '1' }
  await sql`select realtime.send(${sql.json({ ...about, events: [event] })}, 'events', ${`organization:${admin.organizationId}`})`
}

/** Joins a channel with the plain client, and says how that ended. */
async function join(supabase: SupabaseClient, topic: string, config: object = { private: true }) {
  const ended = heard<{ status: string; message: string | undefined }>()
  const channel = supabase.channel(topic, { config })
  channel.subscribe((status, error) => ended.add({ status, message: error?.message }))
  await ended.until((values) => values.length > 0)
  return { ...ended, channel, first: ended.values[0] }
}

describe('hearing of an organization', () => {
  it('reads after the join, then hears every event once and in order', async () => {
    const events = heard<LiveEvent>()
    const resyncs = heard<string>()
    const subscription = subscribeToOrganization(admin.supabase, admin.organizationId, {
      onResync: resyncs.add,
      onEvents: (news) => news.forEach(events.add),
    })
    await resyncs.until((values) => values.length === 1)
    const before = await admin.payd.events.lastSequence()
    for (const name of ['Ada', 'Bea', 'Cid']) await admin.payd.employees.create(newEmployee(name))
    await events.until((values) => values.length === 3)
    expect(events.values.map(({ type }) => type)).toEqual(Array(3).fill('employee.added'))
    expect(events.values.map(({ sequence }) => sequence)).toEqual([before + 1, before + 2, before + 3])
    expect(resyncs.values).toEqual(['joined'])
    await subscription.unsubscribe()
  })

  it('reads after the join only when something has happened since the event that was known before', async () => {
    const since = await admin.payd.events.lastSequence()
    const resyncs = heard<string>()
    const events = heard<LiveEvent>()
    const statuses = heard<LiveStatus>()
    const first = subscribeToOrganization(admin.supabase, admin.organizationId, {
      since,
      onResync: resyncs.add,
      onEvents: (news) => news.forEach(events.add),
      onStatus: statuses.add,
    })
    await statuses.until((values) => values.includes('live'))
    // A message without its event: whenever the newest event is read, before this message or after it, it is the one that was known.
    await sendMessage(since + 1)
    await events.until((values) => values.length === 1)
    expect(resyncs.values).toEqual([])

    await admin.payd.employees.create(newEmployee())
    const second = subscribeToOrganization(admin.supabase, admin.organizationId, { since, onResync: resyncs.add })
    await resyncs.until((values) => values.length === 1)
    expect(resyncs.values).toEqual(['joined'])
    await Promise.all([first.unsubscribe(), second.unsubscribe()])
  })

  it('asks for everything to be read again when a message is missing or names only a part', async () => {
    const resyncs = heard<string>()
    const subscription = subscribeToOrganization(admin.supabase, admin.organizationId, { onResync: resyncs.add })
    await resyncs.until((values) => values.length === 1)
    const rows = Array.from({ length: 30 }, (_, line) => ({ ...newEmployee(), line: line + 1 }))
    await admin.payd.employees.importRows(rows)
    await resyncs.until((values) => values.length === 2)
    const last = await admin.payd.events.lastSequence()
    await sendMessage(last + 5)
    await resyncs.until((values) => values.length === 3)
    expect(resyncs.values).toEqual(['joined', 'gap', 'gap'])
    await subscription.unsubscribe()
  })

  it('asks for everything to be read again when the last message is lost, which no other follows', async () => {
    const resyncs = heard<string>()
    const statuses = heard<LiveStatus>()
    const since = await admin.payd.events.lastSequence()
    const subscription = subscribeToOrganization(admin.supabase, admin.organizationId, {
      since,
      lookEveryMs: 20,
      onResync: resyncs.add,
      onStatus: statuses.add,
    })
    await statuses.until((values) => values.includes('live'))
    // Without its triggers an event is written and no message is sent.
    await sql.begin(async (transaction) => {
      await transaction`set local session_replication_role = replica`
      await transaction`
        insert into public.events (organization_id, sequence, event_id, type, body, resource_type, resource_id, dedupe_key)
        values (${admin.organizationId}, ${since + 1}, ${`evt_${since}`}, 'employee.added', '{}', 'employee', '1', ${`lost ${since}`})`
      await transaction`
        update private.event_counters set last_sequence = ${since + 1} where organization_id = ${admin.organizationId}`
    })
    await resyncs.until((values) => values.length === 1)
    expect(resyncs.values).toEqual(['gap'])
    await subscription.unsubscribe()
  })

  it('reads again after a lost connection in which something happened', async () => {
    const resyncs = heard<string>()
    const statuses = heard<LiveStatus>()
    const { supabase, payd, organizationId } = await anOrganization(stack)
    const subscription = subscribeToOrganization(supabase, organizationId, {
      onResync: resyncs.add,
      onStatus: statuses.add,
    })
    await resyncs.until((values) => values.length === 1)
    await supabase.realtime.disconnect()
    await payd.employees.create(newEmployee())
    supabase.realtime.connect()
    await resyncs.until((values) => values.includes('rejoined'))
    expect(statuses.values.at(-1)).toBe('live')
    await subscription.unsubscribe()
    expect(statuses.values.at(-1)).toBe('closed')
  })

  it('is shared by all who listen with one client, and ends with the last of them', async () => {
    const one = heard<string>()
    const two = heard<string>()
    const first = subscribeToOrganization(admin.supabase, admin.organizationId, { onResync: one.add })
    await one.until((values) => values.length === 1)
    const second = subscribeToOrganization(admin.supabase, admin.organizationId, { onResync: two.add })
    await two.until((values) => values.length === 1)
    expect(admin.supabase.getChannels()).toHaveLength(1)
    await first.unsubscribe()
    expect(admin.supabase.getChannels()).toHaveLength(1)
    await second.unsubscribe()
    await second.unsubscribe()
    expect(admin.supabase.getChannels()).toHaveLength(0)
    // As React does in development: subscribe, unsubscribe and subscribe within one moment.
    const left = subscribeToOrganization(admin.supabase, admin.organizationId, { onResync: one.add }).unsubscribe()
    const third = subscribeToOrganization(admin.supabase, admin.organizationId, { onResync: two.add })
    await two.until((values) => values.length === 2)
    await Promise.all([left, third.unsubscribe()])
  })

  it('is refused to strangers and to people who are not signed in', async () => {
    const stranger = await anOrganization(stack)
    const errors = heard<PaydError>()
    const subscription = subscribeToOrganization(stranger.supabase, admin.organizationId, {
      onResync: () => errors.add(new Error('It was joined.') as PaydError),
      onError: errors.add,
    })
    await errors.until((values) => values.length > 0)
    expect(errors.values[0]).toMatchObject({ code: 'realtime_refused', kind: 'permission_denied' })
    await subscription.unsubscribe()

    const anonymous = createClient(stack.url, stack.keys.publishable)
    const { first } = await join(anonymous, `organization:${admin.organizationId}`)
    expect(first).toMatchObject({ status: 'CHANNEL_ERROR', message: expect.stringContaining('Unauthorized') })
    await anonymous.removeAllChannels()
  })

  it('refuses a client that cannot listen', () => {
    const { client } = createPayd(admin.supabase, { organizationId: parseOrganizationId(1) })
    const listening = () =>
      subscribeToOrganization(client as never, parseOrganizationId(1), { onResync: () => undefined })
    expect(listening).toThrow(expect.objectContaining({ code: 'invalid_client' }))
  })
})

describe('hearing of the inbox', () => {
  it('counts what is unread at once and whenever there is news', async () => {
    const manager = await aMember(stack, admin, 'manager')
    const unread = heard<number>()
    const subscription = await subscribeToInbox(admin.supabase, admin.organizationId, { onUnread: unread.add })
    await unread.until((values) => values.length > 0)
    const before = unread.values[0] ?? 0
    await manager.payd.employees.create({ ...newEmployee(), salary: '10', wallet_address: ADDRESS })
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' })
    for await (const item of manager.payd.payrollRuns.iterateItems(run.id)) {
      const employee = await manager.payd.employees.get(item.employee_id)
      if (employee.wallet_address === null) await manager.payd.payrollRuns.removeItem(item.id)
    }
    await manager.payd.payrollRuns.submit(await manager.payd.payrollRuns.get(run.id), { allowSharedWallets: true })
    await unread.until((values) => (values.at(-1) ?? 0) > before)
    await subscription.unsubscribe()
  })

  it('is refused without a session', async () => {
    const anonymous = createClient(stack.url, stack.keys.publishable)
    const listening = subscribeToInbox(anonymous, admin.organizationId, { onUnread: () => undefined })
    await expect(listening).rejects.toMatchObject({ code: 'not_signed_in' })
  })
})

const ADDRESS = 'GDX5DQSDDGC7BRYMMR7JIYUQZNDGVQPQW5EOSVWZRG3JYKXTJOGSEIBL'

describe('the bridge of the local stack, judged by the client of Supabase', () => {
  it('ends a channel with its token, and goes on with a renewed one', async () => {
    const topic = `organization:${admin.organizationId}`
    const { data } = await admin.supabase.auth.getUser()
    const claims = { sub: data.user?.id ?? '', role: 'authenticated' }
    const supabase = createClient(stack.url, stack.keys.publishable, { auth: { persistSession: false } })
    await supabase.realtime.setAuth(stack.signJwt(claims, { expiresInSeconds: 2 }))
    const renewed = await join(supabase, topic)
    expect(renewed.first?.status).toBe('SUBSCRIBED')
    await supabase.realtime.setAuth(stack.signJwt(claims, { expiresInSeconds: 4 }))
    // The first token would have ended the channel before this one does.
    await renewed.until((values) => values.some(({ status }) => status === 'CLOSED'))
    await supabase.realtime.setAuth(stack.signJwt(claims, { expiresInSeconds: -1 }))
    await supabase.removeAllChannels()
    const late = await join(supabase, topic)
    expect(late.first).toMatchObject({ status: 'CHANNEL_ERROR', message: expect.stringContaining('expired') })
    await supabase.removeAllChannels()
  })

  it.each([
    ['a public channel', { private: false }, 'PrivateOnly'],
    ['presence', { private: true, presence: { enabled: true, key: 'x' } }, 'Presence'],
  ])('refuses %s by its name', async (_, config, words) => {
    const { first } = await join(admin.supabase, `organization:${admin.organizationId}`, config)
    expect(first).toMatchObject({ status: 'CHANNEL_ERROR', message: expect.stringContaining(words) })
    await admin.supabase.removeAllChannels()
  })

  it('refuses changes of tables, and messages that an app sends, by their names', async () => {
    const ended = heard<string>()
    admin.supabase
      .channel('organization:1', { config: { private: true } })
      .on('postgres_changes', { event: '*', schema: 'public', table: 'events' }, () => undefined)
      .subscribe((_status, error) => ended.add(error?.message ?? ''))
    await ended.until((values) => values.length > 0)
    expect(ended.values[0]).toContain('Postgres Changes')
    await admin.supabase.removeAllChannels()
    const { channel } = await join(admin.supabase, `organization:${admin.organizationId}`, {
      private: true,
      broadcast: { ack: true, self: true },
    })
    expect(await channel.send({ type: 'broadcast', event: 'events', payload: {} })).toBe('error')
    await admin.supabase.removeAllChannels()
  })

  it('refuses a connection without a key of the project', async () => {
    const socket = new WebSocket(`${stack.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=wrong&vsn=2.0.0`)
    const ended = await new Promise<string>((resolve) => {
      socket.onerror = () => resolve('refused')
      socket.onopen = () => resolve('open')
    })
    expect(ended).toBe('refused')
  })

  it('delivers nothing to another topic, and nothing of what was rolled back', async () => {
    const other = await aPerson(stack)
    const inbox = heard<string>()
    const { data } = await other.supabase.auth.getUser()
    const topic = `notifications:${data.user?.id}`
    const { channel, first } = await join(other.supabase, topic)
    expect(first?.status).toBe('SUBSCRIBED')
    channel.on('broadcast', { event: 'notifications' }, ({ payload }) => inbox.add(payload.text))
    const send = (to: string, text: string) => sql`select realtime.send(${sql.json({ text })}, 'notifications', ${to})`
    await send(`organization:${admin.organizationId}`, 'not yours')
    await sql
      .begin(async (inside) => {
        await inside`select realtime.send(${sql.json({ text: 'undone' })}, 'notifications', ${topic})`
        throw new Error('undo')
      })
      .catch(() => undefined)
    await send(topic, 'yours')
    await inbox.until((values) => values.length > 0)
    expect(inbox.values).toEqual(['yours'])
    await other.supabase.removeAllChannels()
  })
})
