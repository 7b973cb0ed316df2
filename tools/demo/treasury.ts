import { Asset, Keypair, Operation } from '@stellar/stellar-sdk/base'
import { createClient } from '@supabase/supabase-js'
import { formatAmount } from '../../src/index.ts'
import type { DemoStack } from './demo-stack.ts'
import { assetName, type Horizon } from './horizon.ts'
import type { Company } from './people.ts'
import { inParallel } from './wait.ts'
import { openAccount, PARALLEL, stroopsOf } from './wallets.ts'

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
  const held = await horizon.balances(address)
  // Every step waits for a ledger, so those that need the treasury only to exist begin while it is opened.
  const opening = held === undefined ? horizon.friendbot(address) : Promise.resolve()
  const balances = held === undefined ? new Map([['XLM', FRIENDBOT_GIVES]]) : stroopsOf(held)
  const lacking = needs.map((need) => ({
    ...need,
    lack: lackOf(need, balances.get(assetName(need)) ?? 0n),
  }))
  const issued = lacking.filter((need) => need.asset_issuer !== '' && need.lack > 0n)
  const xlm = lacking.filter((need) => need.asset_issuer === '' && need.lack > 0n)
  const untrusted = issued.filter((need) => !balances.has(assetName(need)))
  await Promise.all([
    opening,
    ...xlm.map(({ lack }) => topUpXlm(horizon, address, lack, opening)),
    opening.then(() => issue(stack, horizon, company, issued, untrusted)),
  ])
}

/** Stroops a new account gets: 10,000 XLM. */
const FRIENDBOT_GIVES = 10_000n * 10_000_000n

/** Stroops that must stay in the treasury for its minimum balance and for fees: 50 XLM. */
const XLM_MINIMUM = 50n * 10_000_000n

/** Stroops that are left beside the needs when it is filled: 100 XLM, so that a few fees are no reason to fill it again. */
const XLM_RESERVE = 100n * 10_000_000n

function lackOf({ asset_issuer, stroops }: Need, held: bigint): bigint {
  if (asset_issuer !== '') return stroops - held
  return held >= stroops + XLM_MINIMUM ? 0n : stroops + XLM_RESERVE - held
}

/** Stroops that one friendbot account can pass on: 10,000 XLM less its own minimum balance and the fee. */
const PER_FRIEND = 9_990n * 10_000_000n

async function topUpXlm(horizon: Horizon, treasury: string, lack: bigint, opening: Promise<void>): Promise<void> {
  // Friendbot fills an account once, so larger sums come from several accounts that each pass theirs on.
  const parts: bigint[] = []
  for (let rest = lack; rest > 0n; rest -= PER_FRIEND) parts.push(rest < PER_FRIEND ? rest : PER_FRIEND)
  await inParallel(parts, PARALLEL, async (part) => {
    const friend = Keypair.random()
    await Promise.all([horizon.friendbot(friend.publicKey()), opening])
    const payment = { destination: treasury, asset: Asset.native(), amount: formatAmount(part) }
    await horizon.submit(friend, [Operation.payment(payment)])
  })
}

type Lacking = Need & { readonly lack: bigint }

/** The treasury's trust and the issuer's payments, signed by both and applied together. */
async function issue(
  stack: DemoStack,
  horizon: Horizon,
  { issuer }: Company,
  needs: readonly Lacking[],
  untrusted: readonly Lacking[],
): Promise<void> {
  if (needs.length === 0) return
  const destination = stack.treasury.publicKey()
  const trust = untrusted.map((need) => Operation.changeTrust({ asset: assetOf(need) }))
  const payments = needs.map((need) => {
    if (need.asset_issuer !== issuer.publicKey()) {
      throw new Error(
        `The demo holds no key of the issuer ${need.asset_issuer}, so it cannot fund a payroll in ${need.asset_code}.`,
      )
    }
    const amount = formatAmount(need.lack)
    return Operation.payment({ source: need.asset_issuer, destination, asset: assetOf(need), amount })
  })
  await openAccount(horizon, issuer.publicKey())
  await horizon.submit(stack.treasury, [...trust, ...payments], [issuer])
}

const assetOf = (need: Need): Asset => new Asset(need.asset_code, need.asset_issuer)
