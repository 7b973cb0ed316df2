import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import { formatAmount, parseAmount } from '../../supabase/functions/_shared/contract/amount.ts'
import { createHorizon } from '../../supabase/functions/_shared/stellar/horizon.ts'
import type { AccountState } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import { exchange } from '../../supabase/functions/_shared/worker/exchange.ts'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { buildTransaction } from '../../supabase/functions/payroll-disburse/build.ts'
import type { PayingOperation } from '../../supabase/functions/payroll-disburse/plan.ts'
import { shortageOf } from '../../supabase/functions/payroll-disburse/shortage.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { submitOutside } from '../support/outsider.ts'
import { address, aPayment, aPlan, keypair } from '../support/plans.ts'
import { anAccount } from '../support/records.ts'

const [source, issuer, payee] = [keypair(1), keypair(2), keypair(3)]
const USD = new Asset('USD', issuer.publicKey())

describe('what the source account can pay', () => {
  // The network itself is the judge: to the stroop, whether its account is plain, has entries, or has promised a part in offers.
  test.each([
    ['a plain account', async () => undefined],
    [
      'an account with entries and an offer',
      async (sandbox: Sandbox) => {
        await submitOutside(sandbox, source, [
          Operation.changeTrust({ asset: USD }),
          Operation.manageData({ name: 'note', value: 'x' }),
          Operation.manageSellOffer({
            selling: Asset.native(),
            buying: USD,
            amount: '12.3456789',
            price: '1',
            offerId: '0',
          }),
        ])
      },
    ],
  ] as const)('of %s is what the network lets it pay, to the stroop', async (_name, prepare) => {
    await using sandbox = await aSandbox()
    await prepare(sandbox)
    const account = await accountOf(sandbox)
    const most = mostXlm(account)
    expect(shortageOf(account, [pay(most + 1n)])?.code).toBe('treasury_short')
    expect(shortageOf(account, [pay(most)])).toBeNull()
    expect(await resultOf(sandbox, account, pay(most + 1n))).toBe('op_underfunded')
    expect(await resultOf(sandbox, await accountOf(sandbox), pay(mostXlm(await accountOf(sandbox))))).toBe('success')
  })

  test('of an issued asset is the balance less what offers have promised', async () => {
    await using sandbox = await aSandbox()
    await submitOutside(sandbox, source, [Operation.changeTrust({ asset: USD })])
    await submitOutside(sandbox, payee, [Operation.changeTrust({ asset: USD })])
    await submitOutside(sandbox, issuer, [
      Operation.payment({ destination: source.publicKey(), asset: USD, amount: '100' }),
    ])
    await submitOutside(sandbox, source, [
      Operation.manageSellOffer({ selling: USD, buying: Asset.native(), amount: '40', price: '1', offerId: '0' }),
    ])
    const usd = (amount: string) =>
      aPayment({ asset_code: 'USD', asset_issuer: issuer.publicKey(), amount, destination: payee.publicKey() })
    const account = await accountOf(sandbox)
    const short = shortageOf(account, [usd('30.0000000'), usd('30.0000001')])
    expect(short).toMatchObject({ code: 'treasury_short' })
    expect(short?.detail).toContain('short by 0.0000001 USD')
    expect(shortageOf(account, [usd('60.0000000')])).toBeNull()
    expect(await resultOf(sandbox, account, usd('60.0000001'))).toBe('op_underfunded')
    expect(await resultOf(sandbox, await accountOf(sandbox), usd('60.0000000'))).toBe('success')
  })

  test('a balance that waits on the ledger takes a reserve for each of its two claimants, as the network does', async () => {
    await using sandbox = await aSandbox()
    await submitOutside(sandbox, source, [Operation.changeTrust({ asset: USD })])
    await submitOutside(sandbox, issuer, [
      Operation.payment({ destination: source.publicKey(), asset: USD, amount: '100' }),
    ])
    const waiting: PayingOperation = {
      operation_type: 'create_claimable_balance',
      destination: payee.publicKey(),
      asset_code: 'USD',
      asset_issuer: issuer.publicKey(),
      amount: '1.0000000',
      reclaimable_at_seconds: 2_000_000_000,
    }
    // What is left is one stroop short of the fees and reserves of two.
    const start = await accountOf(sandbox)
    const left = 2n * 100n + 4n * 5_000_000n - 1n
    expect(await resultOf(sandbox, start, pay(mostXlm(start) - left))).toBe('success')
    const account = await accountOf(sandbox)
    expect(shortageOf(account, [waiting, waiting])).toMatchObject({ code: 'treasury_short' })
    expect(shortageOf(account, [waiting])).toBeNull()
    expect(await resultOf(sandbox, account, waiting)).toBe('success')
    const after = await accountOf(sandbox)
    expect(shortageOf(after, [waiting])).toMatchObject({ code: 'treasury_short' })
    expect(await resultOf(sandbox, after, waiting)).toBe('op_low_reserve')
  })

  test('an asset without trustline, or one that the issuer froze, stops with its own code', async () => {
    const usd = aPayment({ asset_code: 'USD', asset_issuer: address(9) })
    const account = anAccount({ balances: [native('100.0000000')], keeping: KEEPING })
    expect(shortageOf(account, [usd])).toMatchObject({ code: 'op_src_no_trust' })
    const frozen = { ...native('100.0000000'), asset_code: 'USD', asset_issuer: address(9), is_authorized: false }
    expect(shortageOf({ ...account, balances: [native('100.0000000'), frozen] }, [usd])).toMatchObject({
      code: 'op_src_not_authorized',
    })
    expect(shortageOf({ ...account, account_id: address(9) }, [usd])).toBeNull()
  })

  test('a key with less weight than a payment needs stops before anything is signed', () => {
    const account = anAccount({ balances: [native('100.0000000')], keeping: { ...KEEPING, threshold: 2 } })
    expect(shortageOf(account, [pay(1n)])).toMatchObject({ code: 'signing_weight_too_low' })
    expect(shortageOf({ ...account, keeping: { ...KEEPING, threshold: 0, weight: 0 } }, [pay(1n)])).toMatchObject({
      code: 'signing_weight_too_low',
    })
    expect(shortageOf({ ...account, keeping: { ...KEEPING, threshold: 0 } }, [pay(1n)])).toBeNull()
  })

  test('what the provider does not say is no reason to stop', () => {
    expect(shortageOf(anAccount({ balances: [], keeping: KEEPING }), [pay(1n)])).toBeNull()
    expect(shortageOf(anAccount({ balances: [native('0.0000001')], keeping: null }), [pay(1n)])).toBeNull()
  })
})

const KEEPING = { subentry_count: 0, num_sponsoring: 0, num_sponsored: 0, threshold: 1, weight: 1, signer_count: 0 }

function native(balance: string) {
  const none = '0.0000000'
  const liabilities = { buying_liabilities: none, selling_liabilities: none }
  return { asset_code: 'XLM', asset_issuer: '', balance, limit: null, ...liabilities, is_authorized: true }
}

function pay(stroops: bigint): PayingOperation {
  return aPayment({ destination: payee.publicKey(), amount: formatAmount(stroops) })
}

/** Everything above what must stay, less the least fee. */
function mostXlm({ balances, keeping }: AccountState): bigint {
  const line = balances.find(({ asset_issuer }) => asset_issuer === '')
  const kept = 5_000_000n * BigInt(2 + (keeping?.subentry_count ?? 0))
  return parseAmount(line?.balance ?? '0') - parseAmount(line?.selling_liabilities ?? '0') - kept - 100n
}

async function aSandbox(): Promise<Sandbox> {
  const sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
  await sandbox.fund([source, issuer, payee].map((key) => key.publicKey()))
  return sandbox
}

async function accountOf(sandbox: Sandbox): Promise<AccountState> {
  const send = (request: Parameters<typeof exchange>[1], { maxBodyBytes }: { maxBodyBytes: number }) =>
    exchange(systemFetch, request, { signal: AbortSignal.timeout(10_000), maxBodyBytes })
  const answer = await createHorizon({ baseUrl: sandbox.url, exchange: send }).account(source.publicKey())
  if (answer.kind !== 'answered') throw new Error(`The sandbox answered ${answer.kind}.`)
  return answer.value
}

/** What the network makes of one payment at the least fee. */
async function resultOf(sandbox: Sandbox, account: AccountState, operation: PayingOperation): Promise<string> {
  const { networkPassphrase } = sandbox
  const built = buildTransaction(
    aPlan({
      network_passphrase: networkPassphrase,
      source_account: source.publicKey(),
      sequence_number: (BigInt(account.sequence) + 1n).toString(),
      fee_per_operation_stroops: 100n,
      max_ledger: (account.ledger ?? 0) + 20,
      max_time_seconds: Math.floor(Date.now() / 1000) + 300,
      operations: [operation],
    }),
  )
  const signed = createKeyring([source.secret()]).sign({
    account: source.publicKey(),
    preparedXdr: built.envelope_xdr,
    expectedHash: built.tx_hash,
    networkPassphrase,
  })
  await fetch(`${sandbox.url}/transactions_async`, { method: 'POST', body: new URLSearchParams({ tx: signed }) })
  sandbox.closeLedger()
  const [found] = sandbox.dump({ account: source.publicKey() }).operations.filter(({ hash }) => hash === built.tx_hash)
  return found?.successful === true ? 'success' : (found?.result_code ?? 'not in a ledger')
}
