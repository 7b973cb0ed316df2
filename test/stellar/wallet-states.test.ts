import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import { createHorizon } from '../../supabase/functions/_shared/stellar/horizon.ts'
import type { HttpExchange } from '../../supabase/functions/_shared/stellar/http-answer.ts'
import { createLedgerRpc } from '../../supabase/functions/_shared/stellar/ledger-rpc.ts'
import {
  type AccountToRead,
  readByHorizon,
  readByRpc,
  type WalletState,
} from '../../supabase/functions/_shared/stellar/wallet-states.ts'
import { exchange } from '../../supabase/functions/_shared/worker/exchange.ts'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { createSandbox } from '../../tools/sandbox/index.ts'
import { submitOutside } from '../support/outsider.ts'
import { address, keypair } from '../support/plans.ts'

const issuer = keypair(900)
const usd = { asset_code: 'USD', asset_issuer: issuer.publicKey() }
const euro = { asset_code: 'EUROCOIN', asset_issuer: issuer.publicKey() }

describe('the state of accounts', () => {
  test('is the same through RPC and through Horizon, for accounts of every kind', async () => {
    await using sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
    const all = [1, 2, 3, 4, 5, 6, 7].map(keypair)
    const [, holder, offering, frozen, exchanging, odd] = all as [Keypair, Keypair, Keypair, Keypair, Keypair, Keypair]
    await sandbox.fund([issuer, ...all].map((key) => key.publicKey()))
    const asset = ({ asset_code, asset_issuer }: typeof usd) => new Asset(asset_code, asset_issuer)
    await submitOutside(sandbox, issuer, [Operation.setOptions({ setFlags: 2 as never })])
    for (const key of [holder, offering, frozen]) {
      await submitOutside(sandbox, key, [
        Operation.changeTrust({ asset: asset(usd), limit: '922337203685.4775807' }),
        Operation.changeTrust({ asset: asset(euro), limit: '0.0000001' }),
      ])
      await submitOutside(sandbox, issuer, [
        Operation.payment({ destination: key.publicKey(), asset: asset(usd), amount: '12345678.7654321' }),
      ])
    }
    await submitOutside(sandbox, offering, [
      Operation.manageSellOffer({
        selling: asset(usd),
        buying: Asset.native(),
        amount: '77.7',
        price: '2',
        offerId: '0',
      }),
      Operation.manageSellOffer({ selling: Asset.native(), buying: asset(usd), amount: '5', price: '1', offerId: '0' }),
    ])
    await submitOutside(sandbox, issuer, [
      Operation.setTrustLineFlags({ trustor: address(4), asset: asset(usd), flags: { authorized: false } }),
    ])
    await submitOutside(sandbox, exchanging, [Operation.manageData({ name: 'config.memo_required', value: '1' })])
    await submitOutside(sandbox, odd, [Operation.manageData({ name: 'config.memo_required', value: 'yes' })])

    const accounts: AccountToRead[] = [...all.map((key) => key.publicKey()), address(800)].map((account_id) => ({
      account_id,
      assets: [usd, euro],
    }))
    const { rpc, horizon } = providersOf(sandbox.url)
    const byRpc = await readByRpc(rpc, accounts)
    const byHorizon = await readByHorizon(horizon, accounts, 3)
    expect(byRpc.states.map(comparable)).toEqual(byHorizon.states.map(comparable))
    expect(byRpc.states.map((state) => 'memo_required' in state && state.memo_required)).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ])
    expect(byRpc.states.at(-1)).toMatchObject({ account_exists: false })
  })

  test('of a hundred people who are paid in XLM is one question through RPC, and all of it is of one ledger', async () => {
    await using sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
    const accounts = Array.from({ length: 250 }, (_, index) => ({ account_id: address(index + 1), assets: [] }))
    await sandbox.fund(accounts.map(({ account_id }) => account_id))
    let questions = 0
    const { rpc } = providersOf(sandbox.url, () => questions++)
    const { states } = await readByRpc(rpc, accounts)
    expect(states.map((state) => 'account_exists' in state && state.account_exists)).toEqual(Array(250).fill(true))
    expect(questions).toBe(3)
  })

  test.each([
    ['nothing', () => Promise.reject(new Error('reset'))],
    ['another status', () => answer(500, '{}')],
    ['no JSON', () => answer(200, '<html>')],
    ['an error of JSON-RPC', () => answer(200, '{"jsonrpc":"2.0","id":1,"error":{"code":-32602}}')],
    ['a cut body', () => answer(200, '{"result":{"latestLedger":5,"entries":[]}}', true)],
    ['no ledger', () => answer(200, '{"result":{"entries":[]}}')],
    ['a ledger as text', () => answer(200, '{"result":{"latestLedger":"5","entries":[]}}')],
    [
      'an entry of another question',
      () => answer(200, '{"result":{"latestLedger":5,"entries":[{"key":"AAAA","xdr":"AAAA"}]}}'),
    ],
  ])('is not known where RPC answers with %s, and no account is called missing for it', async (_name, send) => {
    const rpc = createLedgerRpc({ url: 'http://rpc.test', exchange: send as unknown as HttpExchange })
    expect(await readByRpc(rpc, [{ account_id: address(1), assets: [usd] }])).toEqual({
      states: [{ account_id: address(1), problem: 'no_answer' }],
      isSentAway: false,
    })
  })

  test('an entry that cannot be read says so, and 429 ends the questions', async () => {
    const key = (await import('../../supabase/functions/_shared/stellar/ledger-entries.ts')).accountKey(address(1))
    const damaged = createLedgerRpc({
      url: 'http://rpc.test',
      exchange: () => answer(200, JSON.stringify({ result: { latestLedger: 5, entries: [{ key, xdr: 'AAAA' }] } })),
    })
    expect((await readByRpc(damaged, [{ account_id: address(1), assets: [] }])).states).toEqual([
      { account_id: address(1), problem: 'balance_unreadable' },
    ])
    const away = createLedgerRpc({ url: 'http://rpc.test', exchange: () => answer(429, '') })
    expect(await readByRpc(away, [{ account_id: address(1), assets: [] }])).toEqual({ states: [], isSentAway: true })
  })
})

function answer(status: number, body: string, isBodyCut = false) {
  return Promise.resolve({ status, header: () => null, body, isBodyCut })
}

/** Horizon lists every asset in an order of its own, RPC those that were asked for. */
function comparable(state: WalletState) {
  if (!('balances' in state)) return state
  const { balances, assets: _, ...rest } = state
  return { ...rest, balances: balances.toSorted((left, right) => left.asset_code.localeCompare(right.asset_code)) }
}

function providersOf(url: string, asked: () => void = () => undefined) {
  const send: HttpExchange = (request, { maxBodyBytes }) => {
    asked()
    return exchange(systemFetch, request, { signal: AbortSignal.timeout(10_000), maxBodyBytes })
  }
  return {
    rpc: createLedgerRpc({ url: `${url}/rpc`, exchange: send }),
    horizon: createHorizon({ baseUrl: url, exchange: send }),
  }
}
