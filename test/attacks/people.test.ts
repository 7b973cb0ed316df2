import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stack } from '../../tools/stack/stack.ts'
import { aMember, anOrganization, aPerson, type Person, startProject } from '../sdk/project.ts'
import { address } from '../support/plans.ts'

// Who tries what, and what must not happen: on the real database, data API and auth service.
let stack: Stack
let sql: Sql
let admin: Awaited<ReturnType<typeof anOrganization>>
let manager: Person

beforeAll(async () => {
  stack = await startProject()
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  admin = await anOrganization(stack)
  manager = await aMember(stack, admin, 'manager')
})

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

const named = (email: string) => ({ first_name: 'Vera', last_name: 'Núñez', email })

test('a company that adds the e-mail address of a stranger does not decide what the stranger sees', async () => {
  const victim = await aPerson(stack)
  const own = await manager.payd.employees.create(named(victim.email))
  const { token } = await manager.payd.employees.inviteAccount(own.id)
  await victim.payd.employees.acceptInvitation(token)

  const attacker = await anOrganization(stack)
  const planted = await attacker.payd.employees.create({ ...named(victim.email), first_name: 'Planted' })
  const invited = await attacker.payd.employees.inviteAccount(planted.id)

  // The planted record has no account before the victim accepts, and the victim sees the own employer only.
  expect((await victim.payd.employees.mine()).map(({ first_name }) => first_name)).toEqual(['Vera'])
  expect((await attacker.payd.employees.get(planted.id)).auth_user_id).toBeNull()

  // Even who has the token cannot use it for another address, and the company that planted the record cannot either.
  await expect(attacker.payd.employees.acceptInvitation(invited.token)).rejects.toMatchObject({
    code: 'employee_invitation_not_found',
  })
  await victim.payd.employees.leave(admin.organizationId)
  expect(await victim.payd.employees.mine()).toEqual([])
})

test('the answer to an invitation does not tell whether an address has an account', async () => {
  const known = await aPerson(stack)
  const answers = await Promise.all(
    [known.email, `nobody-${crypto.randomUUID()}@example.com`].map(async (email, index) => {
      const employee = await manager.payd.employees.create({ ...named(email), last_name: `Known${index}` })
      const invited = await manager.payd.employees.inviteAccount(employee.id)
      return { fields: Object.keys(invited), account: (await manager.payd.employees.get(employee.id)).auth_user_id }
    }),
  )
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0]?.account).toBeNull()
})

test('a stranger who holds tokens learns from no answer whether one is unknown, of somebody else, revoked, expired or used', async () => {
  const owner = await aPerson(stack)
  const stranger = await aPerson(stack)
  const invite = async (email: string) => {
    const { id } = await manager.payd.employees.create(named(email))
    return await manager.payd.employees.inviteAccount(id)
  }
  const used = await invite(owner.email)
  await owner.payd.employees.acceptInvitation(used.token)
  const revoked = await invite(`revoked-${crypto.randomUUID()}@example.com`)
  await manager.payd.employees.revokeInvitation(revoked.employee_id)
  const expired = await invite(`expired-${crypto.randomUUID()}@example.com`)
  await sql`update public.employee_invitations set expires_at = now() - interval '1 second' where id = ${expired.id}`
  const open = await invite(`open-${crypto.randomUUID()}@example.com`)
  const left = await invite(stranger.email)
  await manager.payd.employees.remove(left.employee_id)
  const again = await manager.payd.employees.create(named(stranger.email))

  const answers = await Promise.all(
    ['pemp_unknown', used.token, revoked.token, expired.token, open.token, left.token].map(async (token) => {
      const { error, status } = await stranger.supabase.rpc('accept_employee_invitation', { token })
      return JSON.stringify({ status, error })
    }),
  )
  expect(JSON.parse(answers[0] ?? '').error.details).toBe('employee_invitation_not_found')
  expect(new Set(answers).size).toBe(1)
  // The invitation of the removed record does not open the new record of the same person.
  expect((await manager.payd.employees.get(again.id)).auth_user_id).toBeNull()
  expect(await stranger.payd.employees.mine()).toEqual([])
})

test('a person who unlinks reads nothing of the record again, with whatever token and header', async () => {
  const person = await aPerson(stack)
  const { id } = await manager.payd.employees.create(named(person.email))
  const { token } = await manager.payd.employees.inviteAccount(id)
  await person.payd.employees.acceptInvitation(token)
  expect((await person.payd.employees.mine()).map((own) => own.id)).toEqual([id])
  await person.payd.employees.leave(admin.organizationId)
  await expect(person.payd.employees.acceptInvitation(token)).rejects.toMatchObject({
    code: 'employee_invitation_not_found',
  })
  for (const table of ['employees', 'payslips', 'wallets', 'wallet_changes'] as const) {
    const { data } = await person.supabase
      .from(table)
      .select('organization_id')
      .setHeader('x-organization-id', String(admin.organizationId))
    expect(data ?? [], table).toEqual([])
  }
})

test('a manager alone cannot give a known person another address at once, under whatever name or e-mail address', async () => {
  const email = 'vera.nunez@acme.example'
  const victim = await manager.payd.employees.create({ ...named(email), wallet_address: address(1) })
  expect(victim.wallet_address).toBe(address(1))

  // The record is given away, so that the address of the victim becomes free.
  const renamed = await manager.payd.employees.update(victim, { email: 'away@acme.example', status: 'inactive' })
  expect(renamed.email).toBe(email)

  const again = [
    { ...named('second@acme.example'), last_name: 'NUNEZ' },
    { first_name: 'Nu\u0301n\u0303ez', last_name: 'vera', email: 'third@acme.example' },
    // One has a Cyrillic letter in it, the other a Hangul filler.
    { first_name: 'Ver\u0430', last_name: 'Núñez', email: 'fifth@acme.example' },
    { first_name: 'Ve\u3164ra', last_name: 'Núñez', email: 'sixth@acme.example' },
  ]
  for (const person of again) {
    const created = await manager.payd.employees.create({ ...person, wallet_address: address(9) })
    expect(created.wallet_address, person.email).toBeNull()
  }
  const report = await manager.payd.employees.importRows([
    { line: 2, ...named('fourth@acme.example'), wallet_address: address(9) },
  ])
  expect(report).toMatchObject({ imported: 1 })
  const [held] = await sql`select count(*)::integer as waiting from public.wallet_changes where state = 'waiting'`
  expect(held?.waiting).toBe(6)
  const [paid] =
    await sql`select count(*)::integer as people from public.employees where wallet_address = ${address(9)}`
  expect(paid?.people).toBe(0)
})

test.each([
  ['57 kB of letters that could begin a key everywhere', 'SA'.repeat(28_500)],
  ['5 MB of the same', 'SA'.repeat(2_500_000)],
])('a first name of %s is refused by its length', async (_, first_name) => {
  const fields = { first_name, last_name: 'B', email: 'long@acme.example' }
  const { error } = await manager.supabase.rpc('create_employee', { fields })
  expect(error?.details).toMatch(/^(text_too_long|document_too_large)$/)
})

test('a client that writes its own x-forwarded-for leaves no formula in the audit trail', async () => {
  const { data } = await manager.supabase.auth.getSession()
  const response = await fetch(`${stack.url}/rest/v1/rpc/create_employee`, {
    method: 'POST',
    headers: {
      apikey: stack.keys.publishable,
      authorization: `Bearer ${data.session?.access_token}`,
      'content-type': 'application/json',
      'x-forwarded-for': '=HYPERLINK("https://evil.example"), 198.51.100.9',
    },
    body: JSON.stringify({ fields: { first_name: 'For', last_name: 'Warded', email: 'forwarded@acme.example' } }),
  })
  expect(response.status).toBe(200)
  const addresses = await sql`select distinct ip_address from public.audit_logs where ip_address is not null`
  expect(addresses.map(({ ip_address }) => ip_address)).toEqual(['127.0.0.1'])
})

test('a name with a NUL character is refused in words', async () => {
  const { error } = await manager.supabase.rpc('create_employee', {
    fields: { first_name: 'A\u0000B', last_name: 'C', email: 'nul@acme.example' },
  })
  expect(error).not.toBeNull()
  const attempt = manager.payd.employees.create({ first_name: 'A\u0000B', last_name: 'C', email: 'nul@acme.example' })
  await expect(attempt).rejects.toMatchObject({ kind: 'validation_failed' })
})
