import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { createPayd, listPayrollRuns } from '../src/index.ts'
import { startStack } from '../tools/stack/stack.ts'
import { type ResultRow, spread } from './measure.ts'

const PAIRS = 600
const BLOCKS = 15
const CALLS_OF_BLOCK = 200

/** How a call is compared with one by hand, in words. */
export const CALLS = `Calls: a page of 50 payroll runs by the SDK, and the same query with supabase-js by hand. Whole calls: ${PAIRS} pairs of calls to the local stack, one of each
right after the other, the order alternating; of ten parts the faster quarters are compared, because slow calls waited for whatever else the machine does. What the SDK adds: processor time of the calling process, with an answer that
is there at once, ${BLOCKS} times ${CALLS_OF_BLOCK} calls of each in turn, in relation to the fastest tenth of calls to the stack: it does not depend on what else the machine does.`

/** What a call of the SDK costs over the same by hand: in whole calls, and in what the SDK adds to one. */
export async function measureCalls(): Promise<ResultRow[]> {
  const stack = await startStack({ functions: false, scheduler: false, sandbox: false })
  try {
    let requests = 0
    let answer: string | undefined = ''
    const counting: typeof fetch = async (...args) => {
      requests += 1
      if (answer !== undefined) return await fetch(...args)
      answer = await (await fetch(...args)).text()
      return new Response(answer, { headers: { 'content-type': 'application/json' } })
    }
    const options = { auth: { persistSession: false } }
    const supabase = createClient(stack.url, stack.keys.publishable, { ...options, global: { fetch: counting } })
    await supabase.auth.signUp({ email: 'ada@example.com', password: 'a long password' })
    const payd = createPayd(supabase)
    await payd.organizations.create({ name: 'Acme' })
    for (let month = 0; month < 60; month += 1) {
      const year = 2020 + Math.floor(month / 12)
      const day = `${year}-${String((month % 12) + 1).padStart(2, '0')}-01`
      await payd.payrollRuns.create({ period_start: day, period_end: day })
    }
    requests = 0
    answer = undefined
    await payd.payrollRuns.list()
    const perCall = requests
    const whole = await compareCalls(supabase)
    const canned = createClient(stack.url, stack.keys.publishable, {
      ...options,
      global: {
        fetch: async () => new Response(answer, { status: 200, headers: { 'content-type': 'application/json' } }),
      },
    })
    const added = await compareProcessorTime(canned)
    const micros = (values: readonly number[]): string => spread(values).median.toFixed(0)
    return [
      {
        what: 'a page of payroll runs, over supabase-js by hand',
        unit: '×',
        ...spread(added.map((extra) => 1 + extra / 1_000 / whole.fastest)),
        detail: `${micros(added)} µs of processor time more, on a call of ${whole.fastest.toFixed(2)} ms`,
        aim: 'median at most 1.03',
      },
      { what: 'the same as whole calls in turn', unit: '×', ...spread(whole.ratios), detail: whole.detail },
      { what: 'round trips of a call', unit: '', min: perCall, median: perCall, max: perCall, aim: '1' },
    ]
  } finally {
    await stack.stop()
  }
}

async function compareCalls(supabase: SupabaseClient) {
  const pairs: { readonly ours: number; readonly hand: number }[] = []
  // The first pairs warm up both.
  for (let round = -40; round < PAIRS; round += 1) {
    const [first, second] = round % 2 === 0 ? [bySdk, byHand] : [byHand, bySdk]
    const a = await timeOf(() => first(supabase))
    const b = await timeOf(() => second(supabase))
    if (round >= 0) pairs.push(round % 2 === 0 ? { ours: a, hand: b } : { ours: b, hand: a })
  }
  const ratios = Array.from({ length: 10 }, (_, part) => {
    // Two neighbours differ in their order, so a part has both.
    const some = pairs.filter((_pair, at) => Math.floor(at / 2) % 10 === part)
    return quick(some.map(({ ours }) => ours)) / quick(some.map(({ hand }) => hand))
  })
  const hands = pairs.map(({ hand }) => hand)
  return {
    ratios,
    fastest: quick(hands, 0.1),
    detail: `${quick(pairs.map(({ ours }) => ours)).toFixed(2)} ms over ${quick(hands).toFixed(2)} ms`,
  }
}

/** The time that a share of the calls stayed below. */
function quick(values: readonly number[], share = 0.25): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
}

/** Microseconds of processor time that the SDK adds to a call, one number for each block. */
async function compareProcessorTime(canned: SupabaseClient): Promise<number[]> {
  const added: number[] = []
  for (let block = -2; block < BLOCKS; block += 1) {
    const order = block % 2 === 0 ? ([bySdk, byHand] as const) : ([byHand, bySdk] as const)
    const spent = new Map<Call, number>()
    for (const call of order) spent.set(call, await cpuOf(call, canned))
    if (block >= 0) added.push((spent.get(bySdk) ?? Number.NaN) - (spent.get(byHand) ?? Number.NaN))
  }
  return added
}

async function cpuOf(call: Call, client: SupabaseClient): Promise<number> {
  const before = process.cpuUsage()
  for (let round = 0; round < CALLS_OF_BLOCK; round += 1) await call(client)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS_OF_BLOCK
}

type Call = (client: SupabaseClient) => Promise<unknown>

function bySdk(supabase: SupabaseClient): Promise<unknown> {
  return listPayrollRuns(supabase)
}

/** The same page as `listPayrollRuns` reads, as an app would write it. */
async function byHand(supabase: SupabaseClient): Promise<unknown> {
  const { data, error } = await supabase
    .from('payroll_runs')
    .select('*')
    .order('created_at', { ascending: false })
    .order('id', { ascending: false })
    .limit(51)
  if (error !== null) throw error
  return { items: data.slice(0, 50), next: data[50] }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
