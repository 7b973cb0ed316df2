import { defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { type LockEntry, readLockFile } from '../lib/lock-file.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import type { Gate } from './gate.ts'
import { deploymentGates } from './gates.ts'
import { requireGuard } from './guard.ts'
import { readHealth } from './health.ts'
import { readJournal } from './journal.ts'
import { readPair, withGitAuthors } from './pair.ts'
import { readSituation } from './situation.ts'
import { alertsOf, THRESHOLDS } from './thresholds.ts'

type Item = {
  readonly what: string
  /** True and false are measured; undefined is for a person to sign. */
  readonly isMet: boolean | undefined
  readonly evidence: string
}

export const command = defineCommand<TargetOptions>({
  name: 'checklist',
  summary: 'the printable checklist of a deployment, measured where possible',
  teach: `Prints the boxes of the deployment checklist for one migration and one environment. What can be measured is
measured now, with its evidence; what only a person knows is left open for a signature.

  npm run db -- report --checklist add_memo --env production

Exit code 1 means that a measured box is not met.`,
  configure: (command) => {
    withTarget(command.argument('<migration>', 'version or name'))
  },
  run: async ({ context, project, arguments: [wanted = ''], options }) => {
    const target = resolveTarget(project, options, context.environment)
    const pair = await withGitAuthors(project, readPair(findMigration(readMigrations(project).migrations, wanted)))
    const found = await withDatabase(target.url, async (sql) => {
      await requireGuard(sql, project, target)
      const [situation, journal] = [await readSituation(project, sql), await readJournal(sql)]
      return { situation, journal, health: await readHealth(sql, context.now(), project) }
    })
    const { health, ...rest } = found
    const input = {
      project,
      target,
      pairs: [pair],
      now: context.now(),
      variables: context.environment,
      window: undefined,
    }
    const gates = await deploymentGates({ ...input, ...rest })
    const alerts = alertsOf(health)
    const header = pair.analysed.header.header
    const items: Item[] = [
      from('Migration tested in a local database', gates, 'proof'),
      from('Rollback created and tested', gates, 'rehearsal', 'proof'),
      from('Peer review completed and approved', gates, 'approvals'),
      from('Staging deployment successful for long enough', gates, 'soak', 'earlier'),
      open('Application tests pass in staging'),
      {
        what: 'Breaking changes documented',
        isMet: header !== undefined && (header.breaking === 'no' || Boolean(header.impact)),
        evidence: header
          ? `breaking: ${header.breaking}${header.impact ? `, impact: ${header.impact}` : ''}`
          : 'no header',
      },
      open('Team notified of the deployment'),
      from('Backup created and restored in a drill', gates, 'backup'),
      pair.approval.needsMaintenanceWindow
        ? open('Maintenance window announced')
        : { what: 'Deployment window scheduled', isMet: true, evidence: 'none is needed for this class' },
      open('On-call engineer assigned'),
      {
        what: 'Monitoring shows nothing wrong before',
        isMet: alerts.length === 0,
        evidence: alerts.map((alert) => alert.what).join(' ') || 'no alert',
      },
      {
        what: 'Rollback procedure documented',
        isMet: pair.loss !== undefined,
        evidence: pair.migration.down
          ? `${pair.migration.down.shown}: ${pair.loss?.kind ?? 'loss not declared'}`
          : 'no rollback',
      },
      downtime(readLockFile(project)[pair.migration.key]),
      {
        what: 'Connections are free',
        isMet: health.connections.used < health.connections.usable * THRESHOLDS.connectionShare,
        evidence: `${health.connections.used} of ${health.connections.usable} used`,
      },
      {
        what: 'Replicas keep up',
        isMet: (health.replication.lagS ?? 0) <= THRESHOLDS.replicationLagS,
        evidence:
          health.replication.replicas === 0 ? 'no replica' : `${Math.round(health.replication.lagS ?? 0)} s behind`,
      },
      open('Maintenance mode on, where the application has one; smoke tests chosen'),
      open('Afterwards: smoke tests pass, replicas caught up, maintenance mode off, completion announced'),
      performanceBaseline(pair.migration.version, readLockFile(project)[pair.migration.key]),
    ]
    const ok = items.every((item) => item.isMet !== false)
    const lines = items.map(
      (item) =>
        `- [${item.isMet ? 'x' : ' '}] ${item.what}${item.isMet === false ? ' **NOT MET**' : ''}${item.evidence ? ` — ${item.evidence}` : ''}`,
    )
    const text = `# Checklist: ${pair.migration.id} to ${target.name}

${lines.join('\n')}

**Signature:** _________________ **Date:** _________________`
    return { ok, text, data: { environment: target.name, migration: pair.migration.id, items } }
  },
})

/** Met by a measurement; without one a person says whether it needs one, because a new table has no locks to measure. */
function performanceBaseline(version: string, entry: LockEntry | undefined): Item {
  const what = 'Performance baseline documented'
  if (!entry) return { what, isMet: false, evidence: 'no proof' }
  const locks = entry.locks.map((lock) => `${lock.mode} on ${lock.table} for ${lock.heldMs} ms at ${lock.rows} rows`)
  if (locks.length > 0) return { what, isMet: true, evidence: `locks: ${locks.join('; ')}` }
  const how = `npm run db -- locks ${version} --rows 1000000`
  return { what, isMet: undefined, evidence: `no lock on a table that was there is measured; ${how} measures` }
}

const DOWNTIME_MS = 30_000

/** How long others are shut out, as it was measured. */
function downtime(entry: LockEntry | undefined): Item {
  const what = 'Downtime below 30 s'
  const shut = (entry?.locks ?? []).filter((lock) =>
    /^(Share|ShareRowExclusive|Exclusive|AccessExclusive)Lock$/.test(lock.mode),
  )
  const ms = Math.max(0, ...shut.map((lock) => lock.heldMs))
  if (!entry || entry.locks.length === 0) return { what, isMet: undefined, evidence: 'not measured; see the last box' }
  return { what, isMet: ms < DOWNTIME_MS, evidence: `readers or writers wait for at most ${ms} ms, as measured` }
}

const open = (what: string): Item => ({ what, isMet: undefined, evidence: 'to be signed by a person' })

/** A box that gates answer; one that the environment does not ask for is left to a person. */
function from(what: string, gates: readonly Gate[], ...names: readonly string[]): Item {
  const asked = gates.filter((gate) => names.includes(gate.name))
  if (asked.length === 0) return open(what)
  return { what, isMet: asked.every((gate) => gate.ok), evidence: asked.map((gate) => gate.what).join('; ') }
}
