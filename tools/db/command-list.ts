import type { CommandModule } from './lib/command.ts'

type Load = () => Promise<CommandModule>

/** A command as the list of all commands shows it; its file is read only when it is called. */
export type CommandEntry = {
  readonly name: string
  readonly summary: string
  readonly group: 'Write' | 'Check' | 'Deploy' | 'Look after'
  readonly load: Load
  /** What else it does when one of these options is given. */
  readonly modes?: readonly Mode[]
}

/** Another job of a command, chosen by an option. */
export type Mode = {
  readonly options: readonly string[]
  readonly load: Load
  /** Replaces the option for the file that does the job; without it the option is passed on. */
  readonly becomes?: readonly string[]
}

/** Every command in the order in which a migration meets them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'new',
    group: 'Write',
    summary: 'write a migration, its rollback and its test from a template; --renumber gives a pair a newer version',
    load: () => import('./check/new.command.ts'),
    modes: [{ options: ['--renumber'], becomes: [], load: () => import('./deploy/renumber.command.ts') }],
  },
  {
    name: 'check',
    group: 'Check',
    summary: 'what review would find, in a second and without a server; --fix corrects headers',
    load: () => import('./check/check.command.ts'),
    modes: [{ options: ['--fix'], becomes: ['--write'], load: () => import('./check/header.command.ts') }],
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
    name: 'test',
    group: 'Check',
    summary: 'run the test of a migration in a database',
    load: () => import('./deploy/test.command.ts'),
  },
  {
    name: 'status',
    group: 'Deploy',
    summary: 'what is applied, pending, edited or reverted; --claim says which environment a database is',
    load: () => import('./deploy/status.command.ts'),
    modes: [{ options: ['--claim', '--release'], load: () => import('./deploy/guard.command.ts') }],
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
    name: 'backup',
    group: 'Look after',
    summary: 'a labelled backup with its fingerprints',
    load: () => import('./deploy/backup.command.ts'),
  },
  {
    name: 'restore-drill',
    group: 'Look after',
    summary: 'restore a backup elsewhere and compare every row; --to-moment rehearses point-in-time recovery',
    load: () => import('./deploy/restore-drill.command.ts'),
    modes: [{ options: ['--to-moment'], becomes: [], load: () => import('./deploy/pitr-drill.command.ts') }],
  },
  {
    name: 'health',
    group: 'Look after',
    summary: 'connections, sizes, bloat, slow queries, indexes, rights; --every goes on until something is wrong',
    load: () => import('./deploy/health.command.ts'),
    modes: [{ options: ['--every'], load: () => import('./deploy/watch.command.ts') }],
  },
  {
    name: 'report',
    group: 'Look after',
    summary: 'the report, checklist and pull request of a migration, and the history of all',
    load: () => import('./deploy/report.command.ts'),
    modes: [
      { options: ['--checklist'], becomes: [], load: () => import('./deploy/checklist.command.ts') },
      { options: ['--history'], becomes: [], load: () => import('./deploy/history.command.ts') },
    ],
  },
]
