import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandContext } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { readEnvironments, resolveTarget } from '../lib/environments.ts'
import { type LockEntry, readLockFile } from '../lib/lock-file.ts'
import type { Migration } from '../lib/migrations.ts'
import { type Project, shownPath } from '../lib/project.ts'
import { writeLoss } from '../lib/rollback-header.ts'
import { givenApprovals, requiredRoles } from './approvals.ts'
import { readGuard } from './guard.ts'
import { type JournalEntry, readJournal } from './journal.ts'
import { type Pair, readPair } from './pair.ts'

/** The journal of one environment, or why it could not be read. */
export type EnvironmentStory = {
  readonly name: string
  readonly journal: readonly JournalEntry[]
  readonly problem: string | undefined
}

type ReportInput = { readonly project: Project; readonly migration: Migration; readonly context: CommandContext }

/** Writes `docs/migrations/<version>_report.md` from the journals of every environment and returns its path below the project. */
export async function writeReport(input: ReportInput): Promise<string> {
  const stories = await readStories(input.project, input.context)
  const path = join(input.project.root, 'docs', 'migrations', `${input.migration.version}_report.md`)
  mkdirSync(join(input.project.root, 'docs', 'migrations'), { recursive: true })
  const pair = readPair(input.migration)
  writeFileSync(path, reportText(pair, stories, readLockFile(input.project)[input.migration.key]))
  return shownPath(input.project, path)
}

/** The journals of all environments that have an address here. */
export async function readStories(project: Project, context: CommandContext): Promise<EnvironmentStory[]> {
  return Promise.all(
    Object.keys(readEnvironments(project)).map(async (name): Promise<EnvironmentStory> => {
      try {
        const target = resolveTarget(project, { env: name }, context.environment)
        return await withDatabase(target.url, async (sql) => {
          const guard = await readGuard(sql)
          const problem = guard?.name === name ? undefined : 'the database does not say that it is this environment'
          return { name, journal: problem ? [] : await readJournal(sql), problem }
        })
      } catch {
        return { name, journal: [], problem: 'not reachable from here' }
      }
    }),
  )
}

/** The report as Markdown. Everything in it is measured or recorded; what only a person knows is an open line. */
export function reportText(pair: Pair, stories: readonly EnvironmentStory[], entry: LockEntry | undefined): string {
  const { migration } = pair
  const own = (story: EnvironmentStory): JournalEntry[] => story.journal.filter((one) => one.version === migration.key)
  const failures = stories.flatMap((story) =>
    own(story)
      .filter((one) => one.kind === 'push-failed' || one.kind === 'rolled-back')
      .map((one) => `- ${story.name}, ${one.at.toISOString()}: ${one.kind} ${summaryOf(one)}`.trimEnd()),
  )
  return `# Migration report: ${pair.title}

**Migration:** ${migration.id}
**Author:** ${pair.author ?? 'not named'}
**Class:** ${pair.classes.join(', ') || 'code'}
**Rollback:** ${pair.loss ? writeLoss(pair.loss) : 'not declared'}
**Status:** ${stories.map((story) => `${story.name}: ${statusOf(own(story), story)}`).join(' · ') || 'no environment'}

## Summary
${pair.analysed.header.header?.purpose ?? 'The header says nothing.'}

## Timeline
${stories.flatMap((story) => own(story).map((one) => `- ${one.at.toISOString()} ${story.name}: ${one.kind} by ${one.actor}`)).join('\n') || '- nothing yet'}

## Verification
${verification(stories, own, entry).join('\n')}

## Approvals
${approvals(pair, stories).join('\n')}

## Metrics before and after
${metrics(stories, own)}

## Issues
${failures.join('\n') || '- none recorded'}

## Lessons learned
- (to be written by a person)
`
}

const statusOf = (entries: readonly JournalEntry[], story: EnvironmentStory): string =>
  story.problem ??
  entries.findLast((one) => ['pushed', 'rolled-back', 'push-failed'].includes(one.kind))?.kind ??
  'not applied'

function summaryOf(entry: JournalEntry): string {
  const words = entry.details.reason ?? entry.details.failure ?? ''
  return String(words).split('\n')[0]?.slice(0, 200) ?? ''
}

function verification(
  stories: readonly EnvironmentStory[],
  own: (story: EnvironmentStory) => JournalEntry[],
  entry: LockEntry | undefined,
): string[] {
  const box = (isDone: boolean): string => (isDone ? '[x]' : '[ ]')
  const proven = entry?.proof.catalogIdentity === true && entry.proof.dataPreserved
  // A rollback is rehearsed on one environment for all that come after it.
  const isRehearsedIn = (story: EnvironmentStory): boolean => own(story).some((one) => one.kind === 'rehearsed')
  const lines = [`- ${box(proven)} rollback proven on a clone (catalogue identical, rows kept)`]
  for (const story of stories) {
    const pushed = own(story).findLast((one) => one.kind === 'pushed')
    if (!pushed) continue
    const tests = Array.isArray(pushed.details.tests)
      ? (pushed.details.tests as { ok: boolean; assertions: number }[])
      : []
    const assertions = tests.reduce((sum, test) => sum + test.assertions, 0)
    const alerts = Array.isArray(pushed.details.alerts) ? pushed.details.alerts.length : 0
    lines.push(
      `- ${box(pushed.details.catalogOk === true)} ${story.name}: catalogue as proven`,
      `- ${box(tests.every((test) => test.ok))} ${story.name}: ${tests.length === 0 ? 'no tests' : `${assertions} assertions`}`,
      `- ${box(alerts === 0)} ${story.name}: no alert after the push`,
      ...(isRehearsedIn(story) || !stories.some(isRehearsedIn)
        ? [`- ${box(isRehearsedIn(story))} ${story.name}: rollback rehearsed`]
        : []),
    )
  }
  return lines
}

function approvals(pair: Pair, stories: readonly EnvironmentStory[]): string[] {
  const given = stories.flatMap((story) =>
    givenApprovals(pair, story.journal).map((one) =>
      `- ${story.name}: ${one.role} by ${one.by} on ${one.at.toISOString()} ${one.note}`.trimEnd(),
    ),
  )
  return [`- asked for: ${requiredRoles(pair.approval).join(', ')}; ${pair.approval.soakHours} h of soak`, ...given]
}

function metrics(stories: readonly EnvironmentStory[], own: (story: EnvironmentStory) => JournalEntry[]): string {
  const rows = stories.flatMap((story) => {
    const pushed = own(story).findLast((one) => one.kind === 'pushed')
    const before = pushed?.details.before as Record<string, number | null> | undefined
    const after = pushed?.details.after as Record<string, number | null> | undefined
    if (!before || !after) return []
    return Object.keys(before).map((key) => {
      const [was, is] = [before[key] ?? null, after[key] ?? null]
      const change = was === null || is === null ? '' : String(Number((is - was).toFixed(3)))
      return `| ${story.name} | ${key} | ${was ?? '–'} | ${is ?? '–'} | ${change} |`
    })
  })
  return rows.length === 0
    ? 'Not measured yet.'
    : ['| environment | metric | before | after | change |', '|---|---|---|---|---|', ...rows].join('\n')
}
