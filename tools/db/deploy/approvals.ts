import type { Approval } from '../lib/change-class.ts'
import type { Target } from '../lib/environments.ts'
import { type Gate, type GateInput, passed, stopped } from './gate.ts'
import { targetFlag } from './guard.ts'
import type { JournalEntry } from './journal.ts'
import type { Pair } from './pair.ts'

/** Who may approve, from the approval matrix. */
export const ROLES = ['peer', 'team-lead', 'cto'] as const
export type Role = (typeof ROLES)[number]

/** An approval that still counts. */
export type GivenApproval = {
  readonly role: Role
  readonly by: string
  readonly at: Date
  readonly note: string
  /** The account that the database saw. */
  readonly session: string
  /** The signed commit that says so; undefined when the name was only typed. */
  readonly signedBy: string | undefined
}

/** The roles whose approval a change needs. */
export const requiredRoles = (approval: Approval): Role[] =>
  ROLES.filter(
    (role) =>
      role === 'peer' || (role === 'team-lead' ? approval.teamLead === 'required' : approval.cto === 'required'),
  )

/** The roles that are to be told. */
export const notifiedRoles = (approval: Approval): Role[] =>
  ROLES.filter((role) => role !== 'peer' && (role === 'team-lead' ? approval.teamLead : approval.cto) === 'notified')

/**
 * The approvals of a pair that count: given for exactly these statements, not withdrawn, one role for each person, and none
 * by the author.
 */
export function givenApprovals(pair: Pair, journal: readonly JournalEntry[]): GivenApproval[] {
  const byPerson = new Map<string, GivenApproval>()
  for (const entry of journal) {
    if (entry.version !== pair.migration.key) continue
    const by = String(entry.details.by ?? entry.actor)
    if (entry.kind === 'approval-withdrawn') byPerson.delete(personOf(by))
    if (entry.kind !== 'approved' || entry.details.fingerprint !== pair.fingerprint || isAuthor(by, pair)) continue
    const role = ROLES.find((known) => known === entry.details.role)
    const session = String(entry.details.session ?? '')
    const signedBy = entry.details.signedBy === undefined ? undefined : String(entry.details.signedBy)
    if (role)
      byPerson.set(personOf(by), { role, by, at: entry.at, note: String(entry.details.note ?? ''), session, signedBy })
  }
  return [...byPerson.values()]
}

/** Whether a name is that of an author, by the header or by git, however it is written. */
export const isAuthor = (name: string, pair: Pair): boolean =>
  [pair.author ?? '', ...pair.gitAuthors].some((author) => author !== '' && personOf(name) === personOf(author))

/** "Ada", "ada " and "ADA" are one person, who fills one role. */
export const personOf = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

/** The roles whose approval is still missing. */
export function missingRoles(pair: Pair, journal: readonly JournalEntry[], target: Target): Role[] {
  const given = givenApprovals(pair, journal)
    .filter((approval) => !target.settings.signedApprovals || approval.signedBy !== undefined)
    .map((approval) => approval.role)
  return requiredRoles(pair.approval).filter((role) => !given.includes(role))
}

/** The gate of the approval matrix. */
export function approvalGate({ pairs, journal, target }: GateInput): Gate {
  for (const pair of pairs) {
    const missing = missingRoles(pair, journal, target)
    if (missing.length === 0) continue
    const classes = pair.classes.join(', ') || 'code'
    return stopped(
      'approvals',
      `${pair.migration.id} (${classes}) lacks the approval of: ${missing.join(', ')}.`,
      'The approval matrix asks for them, for exactly the statements that are pushed, and not from the author.',
      missing
        .map(
          (role) =>
            `npm run db -- approve ${pair.migration.version} ${targetFlag(target)} --as <their name> --role ${role}${target.settings.signedApprovals ? ' --commit <signed commit>' : ''}`,
        )
        .join('\n            '),
    )
  }
  const given = pairs.flatMap((pair) => givenApprovals(pair, journal))
  return passed('approvals', pairs.length === 0 ? 'nothing is pending' : `given by ${evidenceOf(given)}`)
}

/** Who approved and how that is known, so that a typed name is not taken for more than it is. */
export function evidenceOf(given: readonly GivenApproval[]): string {
  const people = new Map(given.map((one) => [one.by, one]))
  const words = [...people.values()].map(({ by, session, signedBy }) =>
    signedBy ? `${by} (signed: ${signedBy})` : `${by} (name typed${session ? ` by the account ${session}` : ''})`,
  )
  const sessions = new Set(given.filter((one) => one.signedBy === undefined).map((one) => one.session))
  const isOneHand = people.size > 1 && sessions.size === 1 && given.every((one) => one.signedBy === undefined)
  return `${words.join(', ')}${isOneHand ? '; one account typed all of these names' : ''}`
}
