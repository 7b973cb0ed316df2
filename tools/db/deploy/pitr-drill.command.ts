import { count, defineCommand } from '../lib/command.ts'
import { drillRecovery } from './pitr.ts'

export const command = defineCommand<object>({
  name: 'pitr-drill',
  summary: 'recover a server to a moment from its write-ahead log',
  teach: `Rehearses a point-in-time recovery of the project's own database on a throw-away PostgreSQL: applies the migrations,
archives the write-ahead log, copies the data folder while the server runs, writes the rows of supabase/seed.sql (or made-up
ones), drops the schema, and recovers a second server to the moment before. Every row, sequence and object of that moment
must be there, unchanged, and nothing that came later.

It shows that the procedure of docs/migrations/emergencies.md works, and how long it takes on this machine. On hosted Supabase
the recovery itself is a button; choose a moment BEFORE the migration.

  npm run db -- restore-drill --to-moment`,
  run: async ({ project }) => {
    const outcome = await drillRecovery(project)
    const rows = Object.values(outcome.rows).reduce((sum, some) => sum + some, 0)
    const tables = count(Object.keys(outcome.rows).length, 'table')
    const text = outcome.isExact
      ? `Recovered to ${outcome.target}: all ${rows} rows of ${tables} are back, and nothing later.`
      : `The recovery to ${outcome.target} did not bring back ${outcome.differing.join(', ')}.`
    const details = `  base backup ${outcome.backupMs} ms, recovery ${outcome.recoveryMs} ms, ${outcome.archivedSegments} archived segments`
    return { ok: outcome.isExact, text: `${text}\n${details}`, data: outcome }
  },
})
