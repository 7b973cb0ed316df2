import { Asset, Claimant, Operation } from '@stellar/stellar-sdk/base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { nothing, submitOutside } from '../support/outsider.ts'
import { address, keypair } from '../support/plans.ts'
import {
  claimableBalances,
  issuer,
  movesOfEveryKind,
  usdc,
  type WalkedLedger,
  walkedLedger,
} from '../support/walked-ledger.ts'
import { createWorld, type World } from './support/world.ts'

const HISTORY = '/accounts/*/transactions'
const treasury = keypair(100)
const own = treasury.publicKey()

let world: World
let sandbox: Sandbox
let ledger: WalkedLedger

beforeEach(async () => {
  world = await createWorld()
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max}')`
  sandbox = await createSandbox({ ledgerIntervalMs: 'manual', seed: 'history' })
  ledger = await walkedLedger(world.sql, sandbox, treasury)
})
afterEach(async () => {
  await sandbox.close()
  await world.close()
})

describe('the history of an account', () => {
  test('holds every amount that came or left, with fees, and agrees with what the account holds', async () => {
    await movesOfEveryKind(sandbox, treasury)
    await ledger.walkToTheEnd()
    expect(await movements()).toEqual([
      'in account_created 10000.0000000 XLM',
      'out fee 0.0000100 XLM',
      'in payment 500.1234567 USDC',
      'in payment 12.0000000 XLM',
      'out fee 0.0000100 XLM',
      'out payment 3.0000000 USDC',
      'out fee 0.0000100 XLM',
      'out claimable_balance_created 7.0000000 USDC',
      'out fee 0.0000100 XLM',
      'in claimable_balance_claimed 7.0000000 USDC',
      'out clawback 1.0000000 USDC',
      'out fee 0.0000100 XLM',
      'in path_payment 2.0000000 XLM',
      'in account_merged 9997.9999800 XLM',
    ])
    await ledger.readWallets()
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual([])
    expect(await statement()).toEqual([
      'USDC 0.0000000 507.1234567 11.0000000 0.0000000 496.1234567',
      'XLM 0.0000000 20011.9999800 0.0000000 0.0000500 20011.9999300',
    ])
    expect(await told()).toEqual(['payment.received 6', 'payment.unplanned 3'])
    expect(await rowsOf(`select kind || ' ' || amount || ' ' || asset_code from public.ledger_differences`)).toEqual([
      'payment_without_plan 1.0000000 USDC',
      'payment_without_plan 7.0000000 USDC',
      'payment_without_plan 3.0000000 USDC',
    ])
  })

  test('holds failed transactions with their fee, and no movement of their operations', async () => {
    await sandbox.fund([own, address(1)])
    const tooMuch = Operation.payment({ destination: address(1), asset: Asset.native(), amount: '99999' })
    await submitOutside(sandbox, treasury, [tooMuch])
    await submitOutside(sandbox, treasury, [nothing()])
    await ledger.walkToTheEnd()
    expect(await movements()).toEqual([
      'in account_created 10000.0000000 XLM',
      'out fee 0.0000100 XLM',
      'out fee 0.0000100 XLM',
    ])
    expect(await rowsOf('select result_code from public.ledger_transactions order by ledger')).toEqual([
      'tx_success',
      'op_underfunded',
      'tx_success',
    ])
    expect(await gaps()).toEqual([])
  })

  test('goes on where the provider no longer keeps what follows, and names what is missing', async () => {
    await sandbox.fund([own, address(1)])
    await ledger.walkToTheEnd()
    await submitOutside(sandbox, treasury, [nothing()])
    const elder = sandbox.closeLedger(40)
    await submitOutside(sandbox, treasury, [nothing()])
    const fault = sandbox.addFault({ kind: 'reaped', elder })
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual(['before_retention open', 'sequence_hole open'])
    expect(await rowsOf(`select count(*) from public.events where type = 'sync.gap'`)).toEqual(['2'])

    // A provider that keeps everything fills both.
    sandbox.removeFault(fault)
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual(['before_retention filled', 'sequence_hole filled'])
    expect(await rowsOf(`select count(*) from public.events where type = 'sync.gap_closed'`)).toEqual(['2'])
    expect(await rowsOf('select count(*) from public.ledger_transactions')).toEqual(['3'])
  })

  test('an own transaction that a page leaves out is missed, read again and found', async () => {
    await sandbox.fund([own, address(1)])
    await ledger.walkToTheEnd()
    for (let count = 0; count < 5; count++) await submitOutside(sandbox, treasury, [nothing()])
    sandbox.addFault({ kind: 'drop', route: HISTORY, records: 2, seed: 'middle' })
    await ledger.walk()
    await ledger.walkToTheEnd()
    expect((await gaps()).every((gap) => gap === 'sequence_hole filled')).toBe(true)
    expect(await gaps()).not.toEqual([])
    expect(await rowsOf('select count(*) from public.ledger_transactions')).toEqual(['6'])
  })

  test('a payment from outside that a page leaves out is found by the balance', async () => {
    await sandbox.fund([own, address(1)])
    await ledger.walkToTheEnd()
    await ledger.readWallets()
    await ledger.walk()
    const paid = Operation.payment({ destination: own, asset: Asset.native(), amount: '4.5' })
    await submitOutside(sandbox, keypair(1), [paid])
    await submitOutside(sandbox, treasury, [nothing()])
    sandbox.addFault({ kind: 'drop', route: HISTORY, records: 1, seed: 'a' })
    await ledger.walk()
    await ledger.readWallets()
    await ledger.walkToTheEnd()
    expect(await movements()).toContain('in payment 4.5000000 XLM')
    expect((await gaps()).filter((gap) => gap.endsWith('open'))).toEqual([])
  })

  test('a transaction that cannot be read is named, and those around it are recorded', async () => {
    await sandbox.fund([own, address(1)])
    await submitOutside(sandbox, treasury, [nothing()])
    await submitOutside(sandbox, treasury, [nothing()])
    const [, second = ''] = await envelopes(own)
    const unreadable: Fetch = async (url, init) => {
      const answer = await systemFetch(url, init)
      return new Response((await answer.text()).replaceAll(second, 'AAAA'), answer)
    }
    for (let turn = 0; turn < 6; turn++) await ledger.walk({ fetch: unreadable })
    expect(await rowsOf('select count(*) from public.ledger_transactions')).toEqual(['2'])
    expect(await gaps()).toContain('unreadable_transaction open')

    await ledger.walkToTheEnd()
    expect(await rowsOf('select count(*) from public.ledger_transactions')).toEqual(['3'])
    expect((await gaps()).filter((gap) => gap.endsWith('open'))).toEqual([])
  })

  test('a gap that an admin accepts is closed for good, with the reason', async () => {
    await sandbox.fund([own, address(1)])
    await ledger.walkToTheEnd()
    const elder = sandbox.closeLedger(40)
    sandbox.addFault({ kind: 'reaped', elder })
    await submitOutside(sandbox, treasury, [nothing()])
    await ledger.walkToTheEnd()
    const [gap] = await world.sql`select id from public.history_gaps where state = 'open'`
    await world.sql.begin(async (sql) => {
      await sql`select tests.act_as('ada', 'Acme')`
      await sql`select public.accept_history_gap(${gap?.id}, 'The node began in November.')`
    })
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual(['before_retention accepted'])
    expect(await rowsOf('select count(*) from private.history_walks where gap_id is not null')).toEqual(['0'])
  })

  test('claimable balances are created, claimed, expired and reclaimed by the ledger and its clock', async () => {
    await sandbox.fund([own, address(1)])
    const [{ closed_at: now }] = [sandbox.status()]
    const waiting = (seconds: number) =>
      Operation.createClaimableBalance({
        asset: Asset.native(),
        amount: '3',
        claimants: [
          new Claimant(address(1), Claimant.predicateBeforeAbsoluteTime(String(now + seconds))),
          new Claimant(own, Claimant.predicateNot(Claimant.predicateBeforeAbsoluteTime(String(now + seconds)))),
        ],
      })
    await submitOutside(sandbox, treasury, [waiting(3_000), waiting(600), waiting(601)])
    await ledger.walkToTheEnd()
    const states = () => rowsOf('select status from public.claimable_balances order by expires_at, id')
    expect(await states()).toEqual(['active', 'active', 'active'])

    const ids = await rowsOf('select claimable_balance_id from public.claimable_balances order by expires_at')
    await submitOutside(sandbox, keypair(1), [Operation.claimClaimableBalance({ balanceId: ids[2] ?? '' })])
    sandbox.advanceClock(700)
    await ledger.walkToTheEnd()
    expect(await states()).toEqual(['expired', 'expired', 'claimed'])
    await submitOutside(sandbox, treasury, [Operation.claimClaimableBalance({ balanceId: ids[0] ?? '' })])
    await ledger.walkToTheEnd()
    expect(await states()).toEqual(['reclaimed', 'expired', 'claimed'])
    expect(
      await rowsOf(`select type || ' ' || count(*) from public.events
        where type like 'claimable_balance.%' group by type order by type`),
    ).toEqual([
      'claimable_balance.claimed 1',
      'claimable_balance.created 3',
      'claimable_balance.expired 2',
      'claimable_balance.reclaimed 1',
    ])
  })

  test('a claimable balance that its issuer claws back is clawed back, with the ledger and the transaction', async () => {
    await sandbox.fund([own, address(1), issuer.publicKey()])
    await submitOutside(sandbox, issuer, [Operation.setOptions({ setFlags: 10 as never })])
    await submitOutside(sandbox, treasury, [Operation.changeTrust({ asset: usdc })])
    await submitOutside(sandbox, issuer, [Operation.payment({ destination: own, asset: usdc, amount: '9' })])
    const claimants = [new Claimant(address(1)), new Claimant(own)]
    await submitOutside(sandbox, treasury, [Operation.createClaimableBalance({ asset: usdc, amount: '7', claimants })])
    await ledger.walkToTheEnd()
    const [balanceId = ''] = await claimableBalances(sandbox, own)
    const paid = await movements()

    await submitOutside(sandbox, issuer, [Operation.clawbackClaimableBalance({ balanceId })])
    const clawedBackIn = sandbox.status().ledger
    await ledger.walkToTheEnd()
    await ledger.walkToTheEnd()
    const [balance] = await world.sql`
      select balance.status, balance.synced_ledger, balance.ended_tx_hash = seen.tx_hash as is_named,
        balance.ended_at = seen.closed_at as has_the_time_of_the_ledger
      from public.claimable_balances as balance, public.ledger_transactions as seen
      where seen.ledger = ${clawedBackIn}`
    expect(balance).toEqual({
      status: 'clawed_back',
      synced_ledger: String(clawedBackIn),
      is_named: true,
      has_the_time_of_the_ledger: true,
    })
    const told = `select type from public.events where type like 'claimable_balance.%' order by id`
    expect(await rowsOf(told)).toEqual(['claimable_balance.created', 'claimable_balance.clawed_back'])
    // The amount left the account when the balance was created, and leaves it only once.
    expect(await movements()).toEqual(paid)
    await ledger.readWallets()
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual([])
  })

  test('a request to read everything is answered when it is done', async () => {
    await sandbox.fund([own])
    await world.sql.begin(async (sql) => {
      await sql`select tests.act_as('ada', 'Acme')`
      await sql`select public.request_sync()`
    })
    const state = () => rowsOf('select state from public.sync_requests')
    await ledger.readWallets()
    expect(await state()).toEqual(['waiting'])
    await ledger.walkToTheEnd()
    expect(await state()).toEqual(['done'])
    expect(await rowsOf(`select count(*) from public.events where type = 'sync.completed'`)).toEqual(['1'])
  })

  test('believes nothing of another network', async () => {
    await sandbox.fund([own])
    const fault = { kind: 'replace', route: '/', path: '/network_passphrase', value: 'Another ; network' } as const
    sandbox.addFault({ ...fault, count: 'forever' })
    await ledger.walk()
    expect(await movements()).toEqual([])
    expect(await rowsOf(`select state || ' ' || problem from public.account_histories`)).toEqual([
      'stopped network_other',
    ])
  })

  test('a claim by somebody else that a page leaves out is found, because the balance is no longer on the ledger', async () => {
    await sandbox.fund([own, address(1)])
    const claimants = [new Claimant(address(1))]
    const created = Operation.createClaimableBalance({ asset: Asset.native(), amount: '7', claimants })
    await submitOutside(sandbox, treasury, [created, created])
    await ledger.walkToTheEnd()
    const [balanceId = ''] = await claimableBalances(sandbox, own)
    await submitOutside(sandbox, keypair(1), [Operation.claimClaimableBalance({ balanceId })])
    await submitOutside(sandbox, treasury, [nothing()])
    const withoutOthers: Fetch = async (url, init) => {
      const answer = await systemFetch(url, init)
      if (!url.includes('/transactions?')) return answer
      const body = (await answer.json()) as { _embedded: { records: { source_account: string }[] } }
      const records = body._embedded.records.filter(({ source_account }) => source_account !== address(1))
      return Response.json({ ...body, _embedded: { records } }, answer)
    }
    await ledger.walk({ fetch: withoutOthers })
    const states = () => rowsOf('select status from public.claimable_balances order by status')
    await ledger.walkToTheEnd()
    expect(await states()).toEqual(['active', 'active'])

    // An hour later the balances that wait are listed again.
    await world.sql`update private.history_walks set balances_listed_at = balances_listed_at - interval '1 hour'`
    await ledger.walkToTheEnd()
    expect(await states()).toEqual(['active', 'claimed'])
    expect(await gaps()).toEqual(['balance_gone filled'])
    expect(await rowsOf(`select count(*) from public.events where type = 'sync.gap'`)).toEqual(['1'])
  })
})

/** The envelopes of an account's transactions, as the network serves them. */
async function envelopes(account: string): Promise<readonly string[]> {
  const response = await fetch(`${sandbox.url}/accounts/${account}/transactions`)
  const body = (await response.json()) as { _embedded: { records: { envelope_xdr: string }[] } }
  return body._embedded.records.map(({ envelope_xdr }) => envelope_xdr)
}

async function movements(): Promise<readonly string[]> {
  return await rowsOf(`
    select concat_ws(' ', direction, kind, amount::text, asset_code)
    from public.ledger_movements order by epoch, ledger, application_order, place`)
}

async function gaps(): Promise<readonly string[]> {
  return await rowsOf(`select kind || ' ' || state from public.history_gaps order by kind, id`)
}

async function statement(): Promise<readonly string[]> {
  return await rowsOf(`
    select concat_ws(' ', asset_code, opening_balance, received, paid_otherwise, fees, closing_balance)
    from public.ledger_statements order by asset_code`)
}

async function told(): Promise<readonly string[]> {
  return await rowsOf(`
    select type || ' ' || count(*) from public.events where type in ('payment.received', 'payment.unplanned')
    group by type order by type`)
}

/** The first column of a query, as text. */
async function rowsOf(query: string, { sql }: World = world): Promise<readonly string[]> {
  const rows = await sql.unsafe<Record<string, unknown>[]>(query)
  return rows.map((row) => {
    const [value] = Object.values(row)
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  })
}
