import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKeys } from '../../tools/stack/keys.ts'
import { channelBench } from '../attacks/support/channel-company.ts'
import { type PayingCompany, type PayingProject, payingProject } from '../attacks/support/paying-company.ts'
import { CRON_KEY, serveInDeno } from '../support/deno-worker.ts'
import { type Gate, gate } from '../support/gate.ts'
import { startServer } from '../support/http-server.ts'
import { transactionsOf } from '../support/planted-company.ts'

// Two processes of the real worker, and one treasury whose money is enough for one of two runs.
const XLM = 10_000_000n

let project: PayingProject
let denoDir: string

beforeAll(async () => {
  project = await payingProject()
  denoDir = await mkdtemp(join(tmpdir(), 'payd-deno-'))
})

afterAll(async () => {
  await project?.close()
  await rm(denoDir, { recursive: true, force: true })
})

test('two processes pay two runs from one treasury at the same moment: one counts again, and nothing is sent that the money cannot pay', async () => {
  const { provider, sql } = project
  const bench = channelBench(project)
  const { company, channels } = await bench.aCompanyWith(1, 'one memo')
  const { treasury } = company
  await bench.leave(treasury, 30n * XLM)
  const later = await approvedRun(company)
  const sooner = await company.startRun()

  await using door = await apiWithDoor()
  const { secret } = await loadKeys(project.stack.dataDir)
  const aWorker = () =>
    serveInDeno('payroll-disburse', door, {
      denoDir,
      settings: {
        SUPABASE_SECRET_KEYS: JSON.stringify({ default: secret, cron: CRON_KEY }),
        PAYD_SIGNING_KEYS: JSON.stringify([treasury.secret()]),
        PAYD_CHANNEL_KEYS: JSON.stringify({ [treasury.publicKey()]: channels.map((channel) => channel.secret()) }),
      },
    })

  // Each counts the money before the other has written what it pays.
  await using one = await aWorker()
  const first = one.ring()
  await door.reached(1)
  channels.push(await project.aChannel(company))
  await company.mia.payd.payrollRuns.disburse(later as never)
  await using other = await aWorker()
  const second = other.ring()
  await door.reached(2)
  door.open()
  for (const rung of await Promise.all([first, second])) expect(rung.status).toBe(200)

  const begun = await sql<{ payroll_run_id: string }[]>`select payroll_run_id from public.transactions`
  expect(begun).toHaveLength(1)
  const [paid, unpaid] = Number(begun[0]?.payroll_run_id) === later ? [later, sooner] : [sooner, later]
  for (const run of [paid, unpaid]) await bench.finish(company, run)
  expect(await bench.stateOf(paid)).toMatchObject({ status: 'completed', paid: 3 })
  expect(await bench.stateOf(unpaid)).toMatchObject({ status: 'failed', failure_code: 'treasury_short', paid: 0 })
  expect(company.timesPaid()).toEqual([1, 1, 1])

  await bench.fund(treasury, '30')
  await company.mia.payd.payrollRuns.retry(unpaid as never)
  await bench.finish(company, unpaid)
  expect(await bench.stateOf(unpaid)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([2, 2, 2])
  expect(transactionsOf(provider.sandbox, treasury)).toMatchObject({ failed: 0 })
  await bench.expectEqualBooks(company, 1)
})

/** A run that was approved and whose payment was not started. */
async function approvedRun({ mia, max }: PayingCompany): Promise<number> {
  const draft = await mia.payd.payrollRuns.create({ period_start: '2031-03-01', period_end: '2031-03-31' })
  await max.payd.payrollRuns.approve(await mia.payd.payrollRuns.submit(draft))
  return Number(draft.id)
}

/** The data API of the project behind a door: what would write a transaction waits there until it is opened. */
async function apiWithDoor() {
  const opened = gate()
  const arrivals: Gate[] = [gate(), gate()]
  let waiting = 0
  const server = await startServer(async ({ method, path, headers, body }, response) => {
    if (path.endsWith('/rpc/persist_transaction')) {
      arrivals[waiting++]?.open()
      await opened.opened
    }
    const { host: _, connection: __, 'content-length': ___, ...kept } = headers
    const init = { method, headers: kept as Record<string, string>, ...(method === 'POST' ? { body } : {}) }
    const answer = await fetch(`${project.stack.url}${path}`, init)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(await answer.text())
  })
  return Object.assign(server, {
    /** Resolves when so many have come to the door. */
    reached: (count: number) => arrivals[count - 1]?.opened,
    open: () => opened.open(),
  })
}
