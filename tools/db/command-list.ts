import type { CommandModule } from './lib/command.ts'

/** A command as the list of all commands shows it; its file is read only when it is called. */
export type CommandEntry = {
  readonly name: string
  readonly summary: string
  readonly group: 'Write' | 'Check' | 'Deploy' | 'Look after'
  readonly load: () => Promise<CommandModule>
}

/** Every command in the order in which a migration meets them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'new',
    group: 'Write',
    summary: 'write a migration, its rollback and its test from a template',
    load: () => import('./check/new.command.ts'),
  },
  {
    name: 'header',
    group: 'Write',
    summary: 'work out the header of a migration from its statements',
    load: () => import('./check/header.command.ts'),
  },
  {
    name: 'renumber',
    group: 'Write',
    summary: 'give a pair and its test a newer version',
    load: () => import('./deploy/renumber.command.ts'),
  },
  {
    name: 'check',
    group: 'Check',
    summary: 'validate and lint in one go: what review would find, without a server',
    load: () => import('./check/check.command.ts'),
  },
  {
    name: 'validate',
    group: 'Check',
    summary: 'names, pairs, order, headers, edited files, lock file',
    load: () => import('./check/validate.command.ts'),
  },
  {
    name: 'lint',
    group: 'Check',
    summary: 'squawk, our own rules on the syntax tree, Supabase advisors',
    load: () => import('./check/lint.command.ts'),
  },
  {
    name: 'prove',
    group: 'Check',
    summary: 'forward, rollback, forward on a real server, and what must be equal is',
    load: () => import('./check/prove.command.ts'),
  },
  {
    name: 'locks',
    group: 'Check',
    summary: 'which locks a migration takes, for how long, and whom it stalls',
    load: () => import('./check/locks.command.ts'),
  },
  {
    name: 'guard',
    group: 'Deploy',
    summary: 'claim a database for an environment, or see whose it is',
    load: () => import('./deploy/guard.command.ts'),
  },
  {
    name: 'status',
    group: 'Deploy',
    summary: 'what is applied, pending, edited or reverted in a database',
    load: () => import('./deploy/status.command.ts'),
  },
  {
    name: 'drift',
    group: 'Deploy',
    summary: 'a live database against its migrations, with the SQL that mends either',
    load: () => import('./deploy/drift.command.ts'),
  },
  {
    name: 'approve',
    group: 'Deploy',
    summary: 'record who approved a migration, as data in the database',
    load: () => import('./deploy/approve.command.ts'),
  },
  {
    name: 'push',
    group: 'Deploy',
    summary: 'apply pending migrations behind every gate',
    load: () => import('./deploy/push.command.ts'),
  },
  {
    name: 'rollback',
    group: 'Deploy',
    summary: 'take migrations back, after showing what is lost',
    load: () => import('./deploy/rollback.command.ts'),
  },
  {
    name: 'rehearse',
    group: 'Deploy',
    summary: 'push, roll back and push again on staging',
    load: () => import('./deploy/rehearse.command.ts'),
  },
  {
    name: 'backfill',
    group: 'Deploy',
    summary: 'fill a column in small batches that can be resumed',
    load: () => import('./deploy/backfill.command.ts'),
  },
  {
    name: 'history',
    group: 'Deploy',
    summary: 'write MIGRATION_HISTORY.md',
    load: () => import('./deploy/history.command.ts'),
  },
  {
    name: 'report',
    group: 'Deploy',
    summary: 'write the report of a migration and the text of its pull request',
    load: () => import('./deploy/report.command.ts'),
  },
  {
    name: 'checklist',
    group: 'Deploy',
    summary: 'the printable checklist of a deployment, measured where possible',
    load: () => import('./deploy/checklist.command.ts'),
  },
  {
    name: 'backup',
    group: 'Look after',
    summary: 'a labelled backup with its fingerprints',
    load: () => import('./deploy/backup.command.ts'),
  },
  {
    name: 'restore-drill',
    group: 'Look after',
    summary: 'restore a backup elsewhere and compare every row',
    load: () => import('./deploy/restore-drill.command.ts'),
  },
  {
    name: 'pitr-drill',
    group: 'Look after',
    summary: 'recover a server to a moment from its write-ahead log',
    load: () => import('./deploy/pitr-drill.command.ts'),
  },
  {
    name: 'health',
    group: 'Look after',
    summary: 'connections, sizes, bloat, slow queries, indexes, rights',
    load: () => import('./deploy/health.command.ts'),
  },
  {
    name: 'watch',
    group: 'Look after',
    summary: 'health against a baseline until something is wrong',
    load: () => import('./deploy/watch.command.ts'),
  },
]
