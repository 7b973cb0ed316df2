import { compareAmounts } from '../../src/index.ts'
import type { Horizon } from './horizon.ts'
import type { TeamMember } from './team.ts'
import { until } from './wait.ts'

/** Longest time for a sync, in ms: the treasury may come last, after the wallet of every employee. */
const DEADLINE_MS = 30_000
const DEADLINE_PER_PERSON_MS = 50

/** Asks for a sync and waits until the treasury's wallet shows what the ledger says. */
export async function awaitSync(
  { payd }: TeamMember,
  horizon: Horizon,
  treasury: string,
  people: number,
): Promise<void> {
  await payd.sync.request()
  let shown = 'nothing'
  let held = 'nothing'
  await until(
    'the sync of the treasury',
    async () => {
      const [{ items }, balances] = await Promise.all([
        payd.wallets.list({ wallet_type: 'treasury' }),
        horizon.balances(treasury),
      ])
      shown = items.find((wallet) => wallet.wallet_address === treasury && wallet.asset_issuer === '')?.balance ?? shown
      held = balances?.find((balance) => balance.asset === 'XLM')?.balance ?? held
      return shown !== 'nothing' && held !== 'nothing' && compareAmounts(shown, held) === 0 ? true : undefined
    },
    { deadlineMs: DEADLINE_MS + people * DEADLINE_PER_PERSON_MS, intervalMs: 100 },
    () => `The wallet shows ${shown} XLM and the ledger ${held}.`,
  )
}
