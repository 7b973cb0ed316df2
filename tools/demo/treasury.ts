import { Asset, Keypair, Operation } from '@stellar/stellar-sdk/base'
import { createClient } from '@supabase/supabase-js'
import { formatAmount } from '../../src/index.ts'
import type { DemoStack } from './demo-stack.ts'
import { assetName, type Horizon } from './horizon.ts'
import type { Company } from './people.ts'
import { inParallel } from './wait.ts'
import { openAccount, PARALLEL } from './wallets.ts'

/** Binds the stack's treasury account to the organization, as an operator does once; again changes nothing. */
export async function enrollTreasury(stack: DemoStack, organizationId: number): Promise<void> {
  const auth = { persistSession: false, autoRefreshToken: false }
  const operator = createClient(stack.url, stack.secretKey, { auth })
  const { error } = await operator.rpc('enroll_source_account', {
    organization_id: organizationId,
    account_id: stack.treasury.publicKey(),
  })
  if (error !== null) throw new Error(`The treasury could not be enrolled: ${error.message} ${error.hint ?? ''}`)
}

/** What a payroll needs in one asset; the issuer of XLM is empty. */
export interface Need {
  readonly asset_code: string
  readonly asset_issuer: string
  readonly stroops: bigint
}

/** Gives the treasury what it lacks for the needs; nothing when it holds enough. */
export async function fundTreasury(
  stack: DemoStack,
  horizon: Horizon,
  company: Company,
  needs: readonly Need[],
): Promise<void> {
  const address = stack.treasury.publicKey()
  const balances = await openAccount(horizon, address)
  const lacking = needs.map((need) => ({
    ...need,
    lack: need.stroops - (balances.get(assetName(need)) ?? 0n) + (need.asset_issuer === '' ? XLM_RESERVE : 0n),
  }))
  const issued = lacking.filter((need) => need.asset_issuer !== '' && need.lack > 0n)
  const xlm = lacking.filter((need) => need.asset_issuer === '' && need.lack > 0n)
  await Promise.all([
    ...xlm.map(({ lack }) => topUpXlm(horizon, address, lack)),
    trust(
      stack,
      horizon,
      issued.filter((need) => !balances.has(assetName(need))),
    ).then(() => issue(stack, horizon, company, issued)),
  ])
}

/** Stroops that stay in the treasury for its minimum balance and for fees: 100 XLM. */
const XLM_RESERVE = 100n * 10_000_000n

/** Stroops that one friendbot account can pass on: 10,000 XLM less its own minimum balance and the fee. */
const PER_FRIEND = 9_990n * 10_000_000n

async function topUpXlm(horizon: Horizon, treasury: string, lack: bigint): Promise<void> {
  // Friendbot fills an account once, so larger sums come from several accounts that each pass theirs on.
  const parts: bigint[] = []
  for (let rest = lack; rest > 0n; rest -= PER_FRIEND) parts.push(rest < PER_FRIEND ? rest : PER_FRIEND)
  await inParallel(parts, PARALLEL, async (part) => {
    const friend = Keypair.random()
    await horizon.friendbot(friend.publicKey())
    const payment = { destination: treasury, asset: Asset.native(), amount: formatAmount(part) }
    await horizon.submit(friend, [Operation.payment(payment)])
  })
}

async function trust(stack: DemoStack, horizon: Horizon, needs: readonly Need[]): Promise<void> {
  const operations = needs.map((need) =>
    Operation.changeTrust({ asset: new Asset(need.asset_code, need.asset_issuer) }),
  )
  if (operations.length > 0) await horizon.submit(stack.treasury, operations)
}

type Lacking = Need & { readonly lack: bigint }

async function issue(
  stack: DemoStack,
  horizon: Horizon,
  { issuer }: Company,
  needs: readonly Lacking[],
): Promise<void> {
  const operations = needs.map(({ asset_code: code, asset_issuer: address, lack }) => {
    if (address !== issuer.publicKey()) {
      throw new Error(`The demo holds no key of the issuer ${address}, so it cannot fund a payroll in ${code}.`)
    }
    const asset = new Asset(code, address)
    return Operation.payment({ destination: stack.treasury.publicKey(), asset, amount: formatAmount(lack) })
  })
  if (operations.length > 0) await horizon.submit(issuer, operations)
}
