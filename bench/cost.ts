import { Keypair } from '@stellar/stellar-sdk/base'
import { keypairs, type PlantedProject, plantedProject, plantMonth, plantRun } from '../test/support/planted-company.ts'
import { loadKeys } from '../tools/stack/keys.ts'
import type { Benchmark, ResultRow } from './measure.ts'
import { cpuOf } from './webhooks/processes.ts'

/** How many people each run pays; those who are not in the next one have left. */
const RUNS = [10_000, 1_000, 100]
const FIRST_KEY = 5_000_000
const LEDGER_MS = 100

/** What a payment costs the database and the worker, in runs of 100 to 10,000 people. */
export const cost: Benchmark = async (tell) => {
  const rows: ResultRow[] = []
  const costs = await processorTimes((people, each) => {
    const run = `run of ${people.toLocaleString('en')} people`
    rows.push(row(`${run}: database`, each.database, 'ms'), row(`${run}: worker`, each.worker, 'ms'))
    for (const { what, median } of rows.slice(-2)) tell(`${what}: ${median}`)
  })
  const [large, small] = [costs.at(0), costs.at(-1)]
  if (large === undefined || small === undefined) throw new Error('Not every run was measured.')
  rows.push(
    row('10,000 people over 100: database', large.database / small.database, '×', 'at most 1.2'),
    row('10,000 people over 100: worker', large.worker / small.worker, '×', 'at most 1.2'),
  )
  return {
    title: 'What a payment costs',
    method: `Processor time of the processes of PostgreSQL and of payroll-disburse in Deno for each payment, from the first ring to the end of a run, the reading of every account for the report before approval included. One treasury, a ledger every ${LEDGER_MS} ms.`,
    rows,
  }
}

type Cost = { readonly database: number; readonly worker: number }

async function processorTimes(tell: (people: number, each: Cost) => void): Promise<Cost[]> {
  const project = await plantedProject({ hasRpc: true, functions: true, ledgerIntervalMs: LEDGER_MS })
  try {
    const keys = await loadKeys(project.stack.dataDir)
    const treasury = Keypair.fromSecret(keys.treasury.secretKey)
    const everybody = keypairs(FIRST_KEY, Math.max(...RUNS))
    await project.sandbox.fund([treasury, ...everybody].map((key) => key.publicKey()))
    const payees = everybody.map((key) => ({ address: key.publicKey(), salary: '0.01' }))
    const costs: Cost[] = []
    for (const [month, people] of RUNS.entries()) {
      const run =
        month === 0
          ? await plantRun(project, { name: NAME, treasury, payees })
          : await nextRun(project, { month, people })
      const before = await spent()
      while (await isOpen(project, run)) await ring(project, keys.cron)
      const after = await spent()
      const each = (name: keyof Cost) => ((after[name] - before[name]) * 1_000) / people
      costs.push({ database: each('database'), worker: each('worker') })
      tell(people, { database: each('database'), worker: each('worker') })
    }
    return costs
  } finally {
    await project.stop()
  }
}

const NAME = 'Acme'

/** The run of the next month, for so many people; its payment was started and not rung for. */
async function nextRun(
  project: PlantedProject,
  { month, people }: { readonly month: number; readonly people: number },
): Promise<number> {
  await project.sql`
    update public.employees set status = 'inactive'
    where status = 'active' and id not in (select id from public.employees order by id limit ${people})`
  return await plantMonth(project, NAME, [`2027-0${month}-01`, `2027-0${month}-28`])
}

async function ring({ stack }: PlantedProject, key: string): Promise<void> {
  const answer = await fetch(`${stack.url}/functions/v1/payroll-disburse`, { method: 'POST', headers: { apikey: key } })
  if (answer.status !== 200) throw new Error(`payroll-disburse answered ${answer.status}: ${await answer.text()}`)
  await answer.body?.cancel()
}

async function isOpen({ sql }: PlantedProject, run: number): Promise<boolean> {
  const [row] = await sql<{ status: string }[]>`select status from public.payroll_runs where id = ${run}`
  if (row?.status === 'failed') throw new Error(`Run ${run} failed.`)
  return row?.status === 'processing'
}

async function spent(): Promise<Cost> {
  const { database = 0, worker = 0 } = await cpuOf({ database: 'postgres', worker: 'payroll-disburse' })
  return { database, worker }
}

function row(what: string, value: number, unit: string, aim?: string): ResultRow {
  return { what, unit, min: value, median: value, max: value, ...(aim === undefined ? {} : { aim }) }
}
