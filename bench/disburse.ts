import type { Keypair } from '@stellar/stellar-sdk/base'
import {
  keypairs,
  type PlantedProject,
  plantedProject,
  plantRun,
  transactionsOf,
} from '../test/support/planted-company.ts'
import type { Benchmark, ResultRow } from './measure.ts'

const PEOPLE = 1_000
const BAD_PERCENT = [0, 1, 10]
const SOURCES = [1, 3, 10]
const CHANNELS = [1, 3, 10]
const PER_SOURCE = 300
const ONE_BY_ONE = 60

/** How many payments a ledger carries, how many transactions a run takes when some cannot be paid. */
export const disburse: Benchmark = async (tell) => {
  const rows: ResultRow[] = []
  const add = (...more: readonly ResultRow[]) => {
    rows.push(...more)
    for (const { what, median } of more) tell(`${what}: ${median}`)
  }
  const project = await plantedProject({ hasRpc: true })
  try {
    for (const sources of SOURCES) add(await throughput(project, sources))
    for (const channels of CHANNELS) add(await throughChannels(project, channels))
    add(await oneByOne(project))
    for (const bad of BAD_PERCENT) add(...(await transactions(project, bad)))
  } finally {
    await project.stop()
  }
  return {
    title: 'Paying a run',
    method:
      'The worker with the real database and data API against the sandbox, whose ledgers close as soon as every treasury, or every channel account of one, has handed in a transaction. Ledgers, payments and transactions are counted on the ledger; every number is the same in every run.',
    remarks:
      'People who cannot be paid have no account on the network and less salary than a new one must hold. They are seen before the transaction that would pay them, so none is sent in vain. Where each person has a memo of their own, each payment is a transaction.',
    rows,
  }
}

let keysUsed = 0

/** The first of ten thousand numbers that no other company has keys of. */
function nextNumber(): number {
  keysUsed += 10_000
  return keysUsed
}

async function throughput(project: PlantedProject, sources: number): Promise<ResultRow> {
  const first = nextNumber()
  const treasuries = keypairs(first, sources)
  const people = treasuries.map((_, index) => keypairs(first + 100 + index * PER_SOURCE, PER_SOURCE))
  await project.sandbox.fund([...treasuries, ...people.flat()].map((key) => key.publicKey()))
  for (const [index, treasury] of treasuries.entries()) {
    const payees = (people[index] ?? []).map((key) => ({ address: key.publicKey(), salary: '1' }))
    await plantRun(project, { name: `Sources${sources}of${index}`, treasury, payees })
  }
  await project.ring({ keys: treasuries, waiting: sources, lanes: sources })
  const ledgers = new Set(treasuries.flatMap((treasury) => transactionsOf(project.sandbox, treasury).ledgers)).size
  return row(`payments in a ledger, ${sources} ${sources === 1 ? 'treasury' : 'treasuries'}`, {
    value: (sources * PER_SOURCE) / ledgers,
    unit: 'payments',
    aim: `at least ${95 * sources}`,
  })
}

/** One treasury that pays through channel accounts, each of which gives the number of three transactions. */
async function throughChannels(project: PlantedProject, count: number): Promise<ResultRow> {
  const first = nextNumber()
  const [treasury, ...channels] = keypairs(first, 1 + count)
  if (treasury === undefined) throw new Error('A treasury has a key.')
  const people = keypairs(first + 100, count * PER_SOURCE)
  await project.sandbox.fund([treasury, ...channels, ...people].map((key) => key.publicKey()))
  const payees = people.map((key) => ({ address: key.publicKey(), salary: '1' }))
  await plantRun(project, { name: `Channels${count}`, treasury, payees, channels })
  await project.ring({
    keys: [treasury],
    channels: { [treasury.publicKey()]: channels.map((key) => key.secret()) },
    waiting: count,
    lanes: count,
  })
  const { ledgers } = transactionsOf(project.sandbox, treasury)
  return row(`payments in a ledger, 1 treasury through ${count} channel ${count === 1 ? 'account' : 'accounts'}`, {
    value: people.length / ledgers.length,
    unit: 'payments',
    aim: `at least ${95 * count}`,
  })
}

/** The same treasury and sandbox, with a transaction for each payment. */
async function oneByOne(project: PlantedProject): Promise<ResultRow> {
  const first = nextNumber()
  const [treasury] = keypairs(first, 1)
  if (treasury === undefined) throw new Error('A treasury has a key.')
  const people = keypairs(first + 100, ONE_BY_ONE)
  await project.sandbox.fund([treasury, ...people].map((key) => key.publicKey()))
  const payees = people.map((key, index) => ({
    address: key.publicKey(),
    salary: '1',
    memo: { type: 'id', value: String(index) } as const,
  }))
  const run = await plantRun(project, { name: 'OneByOne', treasury, payees })
  await untilEnded(project, run, treasury)
  const { ledgers } = transactionsOf(project.sandbox, treasury)
  return row('payments in a ledger, over one payment for each transaction', {
    value: (100 * ledgers.length) / ONE_BY_ONE,
    unit: '×',
    aim: 'at least 50',
  })
}

/** Rings until the run has ended, as the scheduler does. */
async function untilEnded(project: PlantedProject, run: number, treasury: Keypair): Promise<void> {
  for (let rings = 0; rings < 20; rings++) {
    await project.ring({ keys: [treasury] })
    const [found] = await project.sql<{ status: string }[]>`select status from public.payroll_runs where id = ${run}`
    if (found?.status !== 'processing') return
  }
  throw new Error(`Run ${run} has not ended.`)
}

async function transactions(project: PlantedProject, badPercent: number): Promise<ResultRow[]> {
  const first = nextNumber()
  const [treasury] = keypairs(first, 1)
  if (treasury === undefined) return []
  const people = keypairs(first + 100, PEOPLE)
  const isBad = (index: number) => index % 100 < badPercent
  await project.sandbox.fund([treasury, ...people.filter((_, index) => !isBad(index))].map((key) => key.publicKey()))
  const payees = people.map((key) => ({ address: key.publicKey(), salary: '0.5' }))
  const run = await plantRun(project, { name: `Bad${badPercent}`, treasury, payees })
  await untilEnded(project, run, treasury)
  const { all, failed } = transactionsOf(project.sandbox, treasury)
  const good = people.filter((_, index) => !isBad(index)).length
  const what = `${PEOPLE.toLocaleString('en')} people of whom ${badPercent} % cannot be paid`
  return [
    row(`${what}: transactions`, { value: all, unit: 'transactions', aim: `${Math.ceil(good / 100)}` }),
    row(`${what}: of them in vain`, { value: failed, unit: 'transactions', aim: '0' }),
  ]
}

function row(what: string, { value, unit, aim }: { value: number; unit: string; aim: string }): ResultRow {
  return { what, unit, min: value, median: value, max: value, aim }
}
