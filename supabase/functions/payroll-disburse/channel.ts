import { isCurrent } from '../_shared/stellar/is-current.ts'
import { type ChannelProblem, channelProblem } from './channel-state.ts'
import { requireFunds } from './funds.ts'
import { closeOpenNumber, nextNumber, seeAccount, seeTreasury } from './ground.ts'
import { MAX_OPERATIONS } from './plan.ts'
import { bidOf, nextPayments, prepare, RECHECK_EMPTY_PLAN_SECONDS } from './prepare.ts'
import { type Step, type StepContext, step, stop } from './step.ts'
import { signAndSubmit } from './submit.ts'

/**
 * Prepares, stores, signs and submits the next payments of a treasury through one of its channel accounts, which gives the number and
 * pays the fee. What is wrong with the channel is written down, and the other channels pay.
 */
export async function startThroughChannel(context: StepContext, channel: string): Promise<Step> {
  const { claim, keyring, horizon } = context
  const { source_account } = claim
  if (!keyring.has(source_account)) {
    return stop(context, 'signing_key_missing', `PAYD_SIGNING_KEYS has no key for the account ${source_account}.`)
  }
  if (!keyring.has(source_account, channel)) return unusable(context, channel, 'key_missing')
  const [root, treasury, account, fees] = await Promise.all([
    horizon.root(),
    horizon.account(source_account),
    horizon.account(channel),
    horizon.feeStats(),
  ])
  const payer = await seeTreasury(context, root, treasury)
  if ('outcome' in payer) return payer
  const seen = await seeAccount(context, { root, answer: account, account: channel }, () =>
    unusable(context, channel, 'account_missing'),
  )
  if ('outcome' in seen) return seen
  const ground = await nextNumber(context, seen, () => unusable(context, channel, 'numbers_exhausted'))
  if ('outcome' in ground) return ground
  const feePerOperation = bidOf(context, fees)
  const problem = channelProblem(seen.state, feePerOperation * BigInt(MAX_OPERATIONS))
  if (problem !== null) return unusable(context, channel, problem)
  const unproven = await closeOpenNumber(context, ground)
  if (unproven !== null) return unproven

  // Planned and stored in one turn, so that the next channel plans the next people.
  const prepared = await context.inTurn(source_account, async () => {
    const operations = await nextPayments(context)
    // The database has just ended the run, if it was at its end; or other channels pay the last people.
    if (operations.length === 0) return step('nothing_left', { nextCheckSeconds: RECHECK_EMPTY_PLAN_SECONDS })
    const known = { state: payer.state, isCurrent: isCurrent(treasury, ground.ledger) }
    const unfunded = await requireFunds(context, known, operations, { paysFees: false })
    return unfunded ?? prepare(context, operations, { ...ground, feePerOperation })
  })
  return 'outcome' in prepared ? prepared : signAndSubmit(context, prepared)
}

async function unusable(context: StepContext, channel_account: string, problem: ChannelProblem): Promise<Step> {
  const { lease_token } = context.claim
  await context.database.recordChannelProblem({ channel_account, lease_token, problem })
  // The database says when it is tried again.
  return step('channel_unusable', { code: problem })
}
