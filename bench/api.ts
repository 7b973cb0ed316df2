import { type ApiRequest, type MixedCall, mixOf, PEOPLE_BY_NAME, PEOPLE_BY_STAR } from './api/calls.ts'
import { type Load, send } from './api/load.ts'
import { type ApiWorld, openApiWorld } from './api/world.ts'
import { type Benchmark, type ResultRow, spread } from './measure.ts'

const CONNECTIONS = [1, 8, 32, 64]
const ROUNDS = 5
/** How often the mix of twelve calls goes over all connections together in a round. */
const MIXES = 32

/** A mix of calls over the real PostgREST, against the same answers without row level security and PayD's functions. */
export const api: Benchmark = async (tell) => {
  const world = await openApiWorld()
  try {
    const rows: ResultRow[] = []
    for (const connections of CONNECTIONS) {
      rows.push(...(await mixed(world, connections)))
      tell(
        `${connections} connections: ${rows
          .slice(-3)
          .map(({ what, median }) => `${what} ${median.toFixed(2)}`)
          .join('; ')}`,
      )
    }
    rows.push(await namedOverStar(world))
    return {
      title: 'The data API',
      method: `Twelve calls, ten reads and two writes, as the SDK sends them, to PostgREST without a gateway, with 20 connections to the database; ${MIXES} mixes in each of ${ROUNDS} rounds. ${world.companies.length} companies of 900 people with six runs. The floor is the same answers, and the bare INSERT and UPDATE with the same triggers, for a role that row level security does not stop and that names the organization; both in turn in every round. Client, PostgREST and database share the machine.`,
      remarks:
        'The aim of 600 a second is above the floor of the same answers on this machine; PostgREST takes as much processor time as PostgreSQL. Naming twenty columns costs PostgREST two milliseconds in every call, with one row as with fifty; a star would send the search vector of every person. Call by call: docs/decisions/024-what-a-reader-costs.md.',
      rows,
    }
  } finally {
    await world.close()
  }
}

async function mixed(world: ApiWorld, connections: number): Promise<ResultRow[]> {
  const lanes = (side: 'ours' | 'floor') => (): Promise<Load> => send(world.url, lanesOf(world, connections, side))
  const rounds = await inTurn(lanes('ours'), lanes('floor'))
  const of = (what: (load: Load) => number) => spread(rounds.map(({ ours }) => what(ours)))
  const ratios = spread(rounds.map(({ ours, floor }) => ours.seconds / floor.seconds))
  const isAimed = connections === 8
  const where = `${connections} ${connections === 1 ? 'connection' : 'connections'}`
  return [
    { what: `the mix, ${where}`, unit: '/s', ...of(rate), ...(isAimed ? { aim: 'at least 600' } : {}) },
    { what: `p95 of a call, ${where}`, unit: 'ms', ...of(p95), ...(isAimed ? { aim: 'at most 30' } : {}) },
    {
      what: `the mix over its floor, ${where}`,
      unit: '×',
      ...ratios,
      detail: `floor ${spread(rounds.map(({ floor }) => rate(floor))).median.toFixed(0)}/s`,
      ...(isAimed ? { aim: 'at most 1.5' } : {}),
    },
  ]
}

/** What it costs that the SDK names the columns of a person instead of asking for all. */
async function namedOverStar(world: ApiWorld): Promise<ResultRow> {
  const [company] = world.companies
  const many = (path: string) => (): Promise<Load> => {
    const request: ApiRequest = { method: 'GET', path, token: company?.tokens.manager ?? '' }
    return send(world.url, [Array.from({ length: 100 }, () => request)])
  }
  const rounds = await inTurn(many(PEOPLE_BY_NAME), many(PEOPLE_BY_STAR))
  return {
    what: 'newest 50 people with their columns named, over all columns',
    unit: '×',
    ...spread(rounds.map(({ ours, floor }) => ours.seconds / floor.seconds)),
    aim: 'at most 1.3',
  }
}

/** Both sides in every round, the order alternating; the first round warms up both. */
async function inTurn(ours: () => Promise<Load>, floor: () => Promise<Load>): Promise<{ ours: Load; floor: Load }[]> {
  const rounds: { ours: Load; floor: Load }[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const early = round % 2 === 0 ? await ours() : undefined
    const right = await floor()
    const left = early ?? (await ours())
    if (round > 0) rounds.push({ ours: left, floor: right })
  }
  return rounds
}

/** Each connection works in a company of its own and begins at another call. */
function lanesOf({ companies }: ApiWorld, connections: number, side: 'ours' | 'floor'): ApiRequest[][] {
  const mixes = companies.map(mixOf)
  return Array.from({ length: connections }, (_, lane) => {
    const mix: readonly MixedCall[] = mixes[lane % mixes.length] ?? []
    const length = Math.ceil((MIXES * mix.length) / connections)
    return Array.from({ length }, (_one, at) => mix[(lane + at) % mix.length]?.[side]).filter(
      (one) => one !== undefined,
    )
  })
}

const rate = ({ times, seconds }: Load): number => times.length / seconds

const p95 = ({ times }: Load): number => [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN
