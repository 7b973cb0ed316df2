import fc from 'fast-check'
import type { Sql } from 'postgres'
import { expect } from 'vitest'
import { commands, type Model, type OperationCode, toText } from './payroll-model.ts'
import { readState, stateOfModel } from './payroll-state.ts'
import { actAs, outcomeOf } from './world.ts'

/** The run that a sequence of commands works on. */
export type Real = { readonly sql: Sql; readonly run: string; readonly organization: string }

/** What chance decides about one step: which command, by whom, with which values. */
export type Choice = {
  readonly pick: number
  readonly who: string
  readonly whom: string
  readonly stroops: bigint
  readonly place: number
  readonly most: number
  readonly codes: readonly OperationCode[]
}

export const EMPLOYEES = ['worker1', 'worker2', 'worker3'] as const

/** One step of a sequence. */
export const choices: fc.Arbitrary<Choice> = fc.record({
  pick: fc.nat({ max: 9999 }),
  who: fc.constantFrom('ada', 'max', 'mia', 'moe', 'mel'),
  whom: fc.constantFrom(...EMPLOYEES),
  stroops: fc.bigInt({ min: 1n, max: 5_000_0000000n }),
  place: fc.nat({ max: 9 }),
  most: fc.integer({ min: 1, max: 4 }),
  codes: fc.array(
    fc.constantFrom<OperationCode>(
      'op_success',
      'op_success',
      'op_no_trust',
      'op_no_trust',
      'op_line_full',
      'op_underfunded',
    ),
    { minLength: 3, maxLength: 3 },
  ),
})

/** Does one command in the model and in the database, and demands the same answer and the same state of both. */
export async function step(model: Model, real: Real, choice: Choice): Promise<void> {
  const possible = COMMANDS.filter((command) => command.isPossible?.(model, choice) ?? true)
  // What leads on is chosen more often than what is refused, so that sequences come to the end of a run.
  const weighted = possible.flatMap((command) => Array<Command>(command.leadsOn(model) ? 5 : 1).fill(command))
  const command = weighted[choice.pick % weighted.length]
  if (command === undefined) return
  const sentence = `${choice.who}, ${choice.whom}, ${choice.codes}: ${command.name} while ${model.status}`
  const outcome = await outcomeOf(Promise.resolve(command.run(real, choice, model)))
  expect(outcome, sentence).toBe(command.expected(model, choice))
  expect(await readState(real), sentence).toEqual(stateOfModel(model))
}

type Command = {
  readonly name: string
  readonly leadsOn: (model: Readonly<Model>) => boolean
  readonly isPossible?: (model: Readonly<Model>, choice: Choice) => boolean
  readonly expected: (model: Model, choice: Choice) => string
  readonly run: (real: Real, choice: Choice, model: Readonly<Model>) => PromiseLike<unknown>
}

const isLive = (model: Readonly<Model>): boolean => model.live !== undefined
const isPending = (model: Readonly<Model>): boolean => model.status === 'pending'
const isFree = (model: Readonly<Model>): boolean => model.status === 'processing' && !isLive(model)
const never = (): boolean => false

const byPeople: readonly Command[] = [
  {
    name: 'submit',
    leadsOn: (model) => model.status === 'draft',
    expected: (model, { who }) => commands.submit(model, who),
    run: (real, { who }) => act(real, who, (sql) => sql`select tests.submit(${real.run})`),
  },
  {
    name: 'approve',
    leadsOn: (model) => isPending(model) && !model.approved,
    expected: (model, { who }) => commands.approve(model, who),
    run: (real, { who }) =>
      act(real, who, (sql) => sql`select public.approve_payroll_run(${real.run}, tests.seen(${real.run}))`),
  },
  {
    name: 'reject',
    leadsOn: never,
    expected: commands.reject,
    run: (real, { who }) => act(real, who, (sql) => sql`select public.reject_payroll_run(${real.run}, 'No')`),
  },
  {
    name: 'disburse',
    leadsOn: (model) => isPending(model) && model.approved,
    expected: commands.disburse,
    run: (real, { who }) => act(real, who, (sql) => sql`select public.disburse_payroll_run(${real.run})`),
  },
  {
    name: 'retry',
    leadsOn: (model) => model.status === 'failed',
    expected: commands.retry,
    run: (real, { who }) => act(real, who, (sql) => sql`select public.retry_payroll_run(${real.run})`),
  },
  {
    name: 'add a bonus',
    leadsOn: (model) => model.items.length === 0,
    expected: (model, { who, whom, stroops }) => commands.addBonus(model, who, whom, stroops),
    run: (real, { who, whom, stroops }) =>
      act(
        real,
        who,
        (sql) =>
          sql`select public.add_bonus(${real.run}, tests.employee_id(${real.organization}, ${whom}), ${toText(stroops)})`,
      ),
  },
  {
    name: 'remove an item',
    leadsOn: never,
    isPossible: (model, { place }) => model.items.length > place,
    expected: (model, { who, place }) => commands.removeItem(model, who, place),
    run: (real, { who, place }) =>
      act(
        real,
        who,
        (sql) => sql`
          select public.remove_payroll_item((
            select id from public.payroll_items where payroll_run_id = ${real.run} order by id offset ${place} limit 1))`,
      ),
  },
]

const byWorkers: readonly Command[] = [
  {
    name: 'prepare a transaction',
    leadsOn: isFree,
    isPossible: (model) => model.status === 'processing',
    expected: (model, { most }) => commands.persist(model, EMPLOYEES, most),
    run: (real, { most }) => real.sql`select tests.persist(${real.run}, tests.lease_of_run(${real.run}), ${most})`,
  },
  {
    name: 'stop',
    leadsOn: never,
    isPossible: (model) => model.status === 'processing',
    expected: commands.stop,
    run: (real) => real.sql`select public.stop_disbursement(${real.run}, tests.lease_of_run(${real.run}), 'no_key')`,
  },
  {
    name: 'found in the ledger',
    leadsOn: isLive,
    isPossible: isLive,
    expected: commands.applied,
    run: (real) => record(real, 'applied'),
  },
  {
    name: 'found in the ledger as failed',
    leadsOn: isLive,
    isPossible: isLive,
    expected: (model, { codes }) => commands.appliedFailed(model, codes.slice(0, model.live?.size)),
    run: (real, { codes }, model) => record(real, 'failed', codes.slice(0, model.live?.size)),
  },
  {
    name: 'never in a ledger',
    leadsOn: never,
    isPossible: isLive,
    expected: commands.neverApplied,
    run: (real, { most }) => record(real, most % 2 === 0 ? 'unused' : 'other'),
  },
]

const COMMANDS = [...byPeople, ...byWorkers]

const act = (real: Real, who: string, work: Parameters<typeof actAs>[3]) =>
  actAs(real.sql, who, real.organization, work)

const record = (real: Real, kind: string, codes: readonly string[] = []) =>
  real.sql`
    select tests.settle(
      tests.evidence((select id from public.transactions where is_live), ${kind}, ${[...codes]}::text[]))`
