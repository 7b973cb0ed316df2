import { withDatabase } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import { errorText } from '../lib/errors.ts'
import { keyOf } from '../lib/vendored.ts'
import { type Gate, type GateInput, hoursBetween, inHours, passed, stopped } from './gate.ts'
import { readGuard, targetFlag } from './guard.ts'
import { type JournalEntry, readJournal } from './journal.ts'
import type { Pair } from './pair.ts'
import { haveTestsFailed } from './settle.ts'
import { type AppliedRow, isSameAsRecorded, readApplied } from './situation.ts'

type Earlier = {
  readonly target: Target
  readonly applied: ReadonlyMap<string, AppliedRow>
  readonly journal: readonly JournalEntry[]
}

/** The gates about the environment before this one: the same file ran there, long enough, and its rollback was rehearsed there. */
export async function earlierGates(input: GateInput, resolve: (name: string) => Target): Promise<Gate[]> {
  const { after, confirm } = input.target.settings
  if (after === undefined || input.pairs.length === 0) return []
  let earlier: Earlier
  try {
    earlier = await readEarlier(resolve(after))
  } catch (error) {
    return [
      stopped(
        'earlier',
        `The environment "${after}" cannot be asked: ${errorText(error)}`,
        `What ${input.target.name} gets must have run on ${after} first.`,
        `Make ${after} reachable, then push again.`,
      ),
    ]
  }
  const first = appliedGate(input.pairs, earlier)
  if (!first.ok || !confirm) return [first]
  return [first, soakGate(input.pairs, earlier, input.now), rehearsalGate(input.pairs, earlier)]
}

/** When a version reached a database, as far as it is known: a row without a moment counts from the claim. */
export async function readEarlier(target: Target): Promise<Earlier> {
  return withDatabase(target.url, async (sql) => {
    const guard = await readGuard(sql)
    if (guard?.name !== target.name) {
      throw new Error(`${target.shown} does not say that it is "${target.name}".`)
    }
    const rows = (await readApplied(sql)).map((row) => ({ ...row, appliedAt: row.appliedAt ?? guard.claimedAt }))
    return {
      target,
      applied: new Map(rows.map((row) => [keyOf(row.version, row.name ?? ''), row])),
      journal: await readJournal(sql),
    }
  })
}

function appliedGate(pairs: readonly Pair[], { target, applied, journal }: Earlier): Gate {
  const why = `What has not run on ${target.name} is tried for the first time on real data.`
  for (const { migration } of pairs) {
    if (haveTestsFailed(journal, migration.key)) {
      const fix = `npm run db -- test ${migration.version} ${targetFlag(target)}`
      return stopped('earlier', `The tests of ${migration.id} fail on ${target.name}.`, why, fix)
    }
    const row = applied.get(migration.key)
    if (!row) {
      const fix = `npm run db -- push ${targetFlag(target)}`
      return stopped('earlier', `${migration.id} is not applied on ${target.name}.`, why, fix)
    }
    if (row.statements.length > 0 && !isSameAsRecorded(migration.up.text, row)) {
      const fix = `Roll it back on ${target.name} and push the file as it is now, or write the change as a new migration.`
      return stopped('earlier', `${migration.id} ran on ${target.name} with other statements.`, why, fix)
    }
  }
  return passed('earlier', `applied on ${target.name} with the same statements`)
}

function soakGate(pairs: readonly Pair[], { target, applied }: Earlier, now: Date): Gate {
  const ages = pairs.map((pair) => {
    const since = applied.get(pair.migration.key)?.appliedAt ?? now
    const hours = hoursBetween(since, now)
    return { pair, hours, missing: pair.approval.soakHours - hours }
  })
  const late = ages.filter((age) => age.missing > 0).sort((a, b) => b.missing - a.missing)[0]
  if (!late) {
    const least = Math.min(...ages.map((age) => age.hours))
    return passed('soak', `at least ${inHours(least)} on ${target.name}`)
  }
  const { pair, hours, missing } = late
  return stopped(
    'soak',
    `${pair.migration.id} (${pair.classes.join(', ') || 'code'}) has been on ${target.name} for ${inHours(hours)} of ${pair.approval.soakHours} h.`,
    'Slow harm, such as a growing table or a report that runs at night, shows only after a while.',
    `Push again in ${inHours(missing)}.`,
  )
}

function rehearsalGate(pairs: readonly Pair[], { target, journal }: Earlier): Gate {
  const missing = pairs.filter(
    (pair) =>
      pair.loss?.kind !== 'impossible' &&
      !journal.some(
        (entry) =>
          entry.kind === 'rehearsed' &&
          entry.version === pair.migration.key &&
          entry.details.fingerprint === pair.fingerprint,
      ),
  )
  const [first] = missing
  if (!first) return passed('rehearsal', `rolled back and pushed again on ${target.name}`)
  return stopped(
    'rehearsal',
    `The rollback of ${missing.map((pair) => pair.migration.id).join(', ')} was not rehearsed on ${target.name}.`,
    'A rollback that is tried for the first time in an emergency is not a rollback.',
    `npm run db -- rehearse ${first.migration.version} ${targetFlag(target)}`,
  )
}
