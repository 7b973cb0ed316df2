import { Keypair } from '@stellar/stellar-sdk/base'
import {
  keypairs,
  type Payee,
  type PlantedProject,
  plantedProject,
  plantMonth,
  plantPeople,
  plantRun,
} from '../../test/support/planted-company.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import type { ResultRow } from '../measure.ts'
import { cpuOf } from '../webhooks/processes.ts'

/** How many people each run pays; the first lets Deno and PostgreSQL warm up. */
const RUNS = [100, 100, 1_000, 10_000]
const FIRST_KEY = 5_000_000
const LEDGER_MS = 100

/** Milliseconds of processor time that a payment costs the database and the worker, in runs of 100 to 10,000 people. */
export async function processorTime(): Promise<ResultRow[]> {
  const project = await plantedProject({ hasRpc: true, functions: true, ledgerIntervalMs: LEDGER_MS })
  try {
    const keys = await loadKeys(project.stack.dataDir)
    const treasury = Keypair.fromSecret(keys.treasury.secretKey)
    const everybody = keypairs(FIRST_KEY, Math.max(...RUNS))
    await project.sandbox.fund([treasury, ...everybody].map((key) => key.publicKey()))
    const measured: { readonly people: number; readonly database: number; readonly worker: number }[] = []
    let hired = 0
    for (const [month, people] of RUNS.entries()) {
      const payees = everybody.slice(hired, people).map((key) => ({ address: key.publicKey(), salary: '0.01' }))
      hired = people
      const run = await aRun(project, { treasury, payees, month })
      const before = await spent()
      while (await isOpen(project, run)) await ring(project, keys.cron)
      const after = await spent()
      const each = (name: 'database' | 'worker') => ((after[name] - before[name]) * 1_000) / people
      measured.push({ people, database: each('database'), worker: each('worker') })
    }
    const [, small, , large] = measured
    if (small === undefined || large === undefined) throw new Error('Not every run was measured.')
    return [
      ...measured
        .slice(1)
        .flatMap(({ people, database, worker }) => [
          row(`processor time of a payment, run of ${people.toLocaleString('en')} people: database`, database, 'ms'),
          row(`processor time of a payment, run of ${people.toLocaleString('en')} people: worker`, worker, 'ms'),
        ]),
      row('the same, 10,000 people over 100: database', large.database / small.database, '×', 'at most 1.2'),
      row('the same, 10,000 people over 100: worker', large.worker / small.worker, '×', 'at most 1.2'),
    ]
  } finally {
    await project.stop()
  }
}

const NAME = 'Acme'

/** A run of everybody who was hired so far, whose payment was started and not rung for. */
async function aRun(
  project: PlantedProject,
  {
    treasury,
    payees,
    month,
  }: { readonly treasury: Keypair; readonly payees: readonly Payee[]; readonly month: number },
): Promise<number> {
  if (month === 0) return await plantRun(project, { name: NAME, treasury, payees })
  const [organization] = await project.sql<{ id: string }[]>`select id from public.organizations where name = ${NAME}`
  if (payees.length > 0) await plantPeople(project.sql, Number(organization?.id), payees)
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

async function spent(): Promise<{ readonly database: number; readonly worker: number }> {
  const { database = 0, worker = 0 } = await cpuOf({ database: 'postgres', worker: 'payroll-disburse' })
  return { database, worker }
}

function row(what: string, value: number, unit: string, aim?: string): ResultRow {
  return { what, unit, min: value, median: value, max: value, ...(aim === undefined ? {} : { aim }) }
}
