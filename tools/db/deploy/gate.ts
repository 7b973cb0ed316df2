import type { Target } from '../lib/environments.ts'
import type { Project } from '../lib/project.ts'
import type { JournalEntry } from './journal.ts'
import type { Pair } from './pair.ts'
import type { Situation } from './situation.ts'

/** What the gates look at. */
export type GateInput = {
  readonly project: Project
  readonly target: Target
  readonly situation: Situation
  readonly pairs: readonly Pair[]
  readonly journal: readonly JournalEntry[]
  readonly now: Date
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The announced window, when one was given: `from` to `to`. */
  readonly window: { readonly from: Date; readonly to: Date } | undefined
}

/** One condition of a deployment and whether it is met. */
export type Gate = {
  /** Stable name, such as `backup`. */
  readonly name: string
  readonly ok: boolean
  /** What was found, for a met gate too. */
  readonly what: string
  readonly why?: string
  readonly fix?: string
}

/** A met condition. */
export const passed = (name: string, what: string): Gate => ({ name, ok: true, what })

/** A condition that stops the deployment. */
export const stopped = (name: string, what: string, why: string, fix: string): Gate => ({
  name,
  ok: false,
  what,
  why,
  fix,
})

/** A gate as a line, with the reason and the remedy below when it stops. */
export function printGate(gate: Gate): string {
  const head = `  ${gate.ok ? 'ok  ' : 'STOP'} ${gate.name.padEnd(10)} ${gate.what}`
  return gate.ok ? head : `${head}\n       why: ${gate.why}\n       fix: ${gate.fix}`
}

/** Hours between two moments. */
export const hoursBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 3_600_000

/** Hours for people: `23.5 h`. */
export const inHours = (hours: number): string => `${Math.max(0, hours).toFixed(1)} h`
