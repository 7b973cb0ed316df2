import type { Benchmark } from './measure.ts'
import { createWorld, outcomeOf } from './world.ts'

const ROUNDS = 500

/** Two people do the same at the same moment, many times: how often was there not exactly one winner, or anything twice? */
export const race: Benchmark = async (tell) => {
  const world = await createWorld()
  try {
    const { sql, left, right } = world
    let winners = 0
    let doubled = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const [run] = await sql<{ id: string }[]>`select tests.create_run('Acme') as id`
      const id = run?.id ?? ''
      const submitted = await Promise.all([
        outcomeOf(world.actAs(left, 'ada', (transaction) => transaction`select tests.submit(${id})`)),
        outcomeOf(world.actAs(right, 'max', (transaction) => transaction`select tests.submit(${id})`)),
      ])
      const approve = (session: typeof left, person: string): Promise<string> =>
        outcomeOf(
          world.actAs(
            session,
            person,
            (transaction) => transaction`select public.approve_payroll_run(${id}, tests.seen(${id}))`,
          ),
        )
      const approved = await Promise.all([approve(left, 'mia'), approve(right, 'moe')])
      const [after] = await sql<{ submissions: number; approvals: number; doubles: number }[]>`
        select
          (select count(*)::int from public.events where type = 'payroll.submitted' and resource_id = ${id}) as submissions,
          (select count(*)::int from public.events where type = 'payroll.approved' and resource_id = ${id}) as approvals,
          (select count(*)::int - count(distinct employee_id)::int from public.payroll_items where payroll_run_id = ${id}) as doubles`
      const isRight =
        [...submitted].sort().join() === 'ok,payroll_run_not_draft' &&
        approved.every((outcome) => outcome === 'ok') &&
        after?.submissions === 1 &&
        after.approvals === 1
      if (isRight) winners += 1
      doubled += after?.doubles ?? 1
      if (round % 100 === 99) tell(`${round + 1} rounds, ${winners} with one winner each, ${doubled} doubled items`)
    }
    return {
      title: 'Two people at the same moment',
      method: `Two sessions submit one run, then two people approve it, both at once. Right is a round in which one of two submissions wins and the other is told why, and the run is approved once. ${ROUNDS} rounds.`,
      rows: [
        { what: 'rounds with exactly one winner', unit: `of ${ROUNDS}`, ...constant(winners), aim: 'all' },
        { what: 'doubled items', unit: '', ...constant(doubled), aim: 'none' },
      ],
    }
  } finally {
    await world.close()
  }
}

const constant = (value: number) => ({ min: value, median: value, max: value })
