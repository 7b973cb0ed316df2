import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk/base'
import { systemClock, systemFetch } from '../../../supabase/functions/_shared/worker/platform.ts'
import { syncDatabase } from '../../../supabase/functions/horizon-sync/database.ts'
import { syncHistories } from '../../../supabase/functions/horizon-sync/histories.ts'
import { startTurn } from '../../../supabase/functions/horizon-sync/turn.ts'
import { keypairs, type PlantedProject, plantRun } from '../planted-company.ts'
import { rpcAt } from '../rpc.ts'
import { submitTogether } from './outside.ts'
import {
  happenLate,
  type Mixture,
  openAccounts,
  PAID_IN_USD,
  PAID_IN_XLM,
  type PaydayPayee,
  payeesOf,
  SETTING_ASIDE,
} from './people.ts'

/** How many people each of three companies pays, and how many of them are no ordinary payees. */
export type PaydaySize = {
  readonly inXlm: number
  readonly inUsd: number
  readonly settingAside: number
  readonly oddEvery: number
}

export type PaydayCompany = {
  readonly treasury: Keypair
  readonly payees: readonly PaydayPayee[]
  readonly asset: Asset
  readonly run: number
}

/** A payday of three companies: in XLM, in an issued asset, and in one that is set aside for those who cannot take it yet. */
export type Payday = { readonly project: PlantedProject; readonly companies: readonly PaydayCompany[] }

const MAX_RINGS = 400

/** Approves the runs and starts their payment. Nothing is sent before it is rung for. */
export async function preparePayday(project: PlantedProject, size: PaydaySize): Promise<Payday> {
  const { sandbox } = project
  const [issuer, ...treasuries] = keypairs(9_000_000, 4)
  if (issuer === undefined) throw new Error('The asset has an issuer.')
  const usd = { asset: new Asset('USD', issuer.publicKey()), issuer }
  await sandbox.fund([issuer, ...treasuries].map((key) => key.publicKey()))
  const plans: readonly [string, Mixture, number, typeof usd | null, boolean][] = [
    ['Lumen', PAID_IN_XLM, size.inXlm, null, false],
    ['Dollar', PAID_IN_USD, size.inUsd, usd, false],
    ['Aside', SETTING_ASIDE, size.settingAside, usd, true],
  ]
  const companies: PaydayCompany[] = []
  let first = 9_100_000
  for (const [index, [name, mixture, count, asset, setsAside]] of plans.entries()) {
    const treasury = treasuries[index]
    if (treasury === undefined) throw new Error('Each company has a treasury.')
    const payees = payeesOf(mixture, { first, count, oddEvery: size.oddEvery })
    first += count + 1
    await openAccounts(project, payees, asset)
    if (asset !== null) await fundInAsset(project, asset, treasury)
    const issued = asset === null ? {} : { asset: { code: 'USD', issuer: issuer.publicKey() } }
    const run = await plantRun(project, { name, treasury, payees, setsAside, ...issued })
    companies.push({ treasury, payees, asset: asset?.asset ?? Asset.native(), run })
  }
  return { project, companies }
}

/**
 * Pays everybody while things go wrong: the first payments are signed and kept from the network until some of their payees cannot be
 * paid any more, every fourth submission is taken and its answer lost, and so many workers die on the way.
 */
export async function pay(payday: Payday, { deaths }: { readonly deaths: number }): Promise<void> {
  const { project, companies } = payday
  const { sandbox, sql } = project
  const keys = companies.map(({ treasury }) => treasury)
  const lost = sandbox.addFault({
    route: 'submissions',
    kind: 'status',
    status: 504,
    stage: 'before',
    count: 'forever',
  })
  await project.ring({ keys })
  sandbox.removeFault(lost)
  for (const { payees, asset } of companies) {
    const issuer = keypairs(9_000_000, 1)[0]
    await happenLate(project, payees, asset.isNative() || issuer === undefined ? null : { asset, issuer })
  }
  sandbox.addFault({ route: 'submissions', kind: 'status', status: 504, stage: 'after', every: 4, count: 'forever' })
  for (let rings = 0; rings < MAX_RINGS && (await isBeingPaid(payday)); rings++) {
    // A worker that died holds its leases until they end.
    await sql`update private.source_accounts set lease_token = null, leased_until = null`
    const ring = project.ring({ keys, ...(rings < deaths ? { diesAfter: 7 + 13 * rings } : {}) })
    await ring.catch((error: unknown) => {
      if (rings >= deaths) throw error
    })
    sandbox.closeLedger()
  }
  sandbox.clearFaults()
}

/** Reads the history of the treasuries to its end, as horizon-sync does, so that PayD compares its own books. */
export async function readHistories({ project }: Payday): Promise<void> {
  const { stack, sql, secretKey } = project
  const database = syncDatabase(rpcAt(stack.url, secretKey))
  const ports = { clock: systemClock, fetch: systemFetch, log: () => undefined, database }
  for (let turns = 0; turns < MAX_RINGS; turns++) {
    await sql`update private.history_walks set next_read_at = now(), lease_token = null, leased_until = null`
    const { recorded } = await syncHistories(ports, startTurn(ports))
    if (recorded === 0) return
  }
}

async function isBeingPaid({ project, companies }: Payday): Promise<boolean> {
  const [row] = await project.sql<{ open: number }[]>`
    select count(*)::int as open from public.payroll_runs
    where id = any (${companies.map(({ run }) => run)}) and status = 'processing'`
  return (row?.open ?? 0) > 0
}

async function fundInAsset(
  { sandbox }: PlantedProject,
  { asset, issuer }: { readonly asset: Asset; readonly issuer: Keypair },
  treasury: Keypair,
): Promise<void> {
  const [source, destination] = [treasury.publicKey(), treasury.publicKey()]
  await submitTogether(sandbox, [{ key: treasury, operation: Operation.changeTrust({ asset, source }) }])
  const payment = Operation.payment({ destination, asset, amount: '100000', source: issuer.publicKey() })
  await submitTogether(sandbox, [{ key: issuer, operation: payment }])
}
