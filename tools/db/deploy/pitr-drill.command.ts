import { defineCommand } from '../lib/command.ts'
import { drillRecovery } from './pitr.ts'

export const command = defineCommand<object>({
  name: 'pitr-drill',
  summary: 'recover a server to a moment from its write-ahead log',
  teach: `Rehearses a point-in-time recovery on a throw-away PostgreSQL: archives the write-ahead log, copies the data folder while
the server runs, writes more rows, drops the table, and recovers a second server to the moment before the drop. Every row
that existed then must be there, unchanged, and nothing that came later.

It shows that the procedure of docs/migrations.md works with this PostgreSQL, and how long it takes on this machine. On
hosted Supabase the recovery itself is a button; choose a moment BEFORE the migration.

  npm run db -- restore-drill --to-moment`,
  run: async () => {
    const outcome = await drillRecovery()
    const text = outcome.isExact
      ? `Recovered to ${outcome.target}: all ${outcome.expectedRows} rows of that moment are back, and nothing later.`
      : `The recovery to ${outcome.target} brought ${outcome.recoveredRows} of ${outcome.expectedRows} rows back.`
    const details = `  base backup ${outcome.backupMs} ms, recovery ${outcome.recoveryMs} ms, ${outcome.archivedSegments} archived segments`
    return { ok: outcome.isExact, text: `${text}\n${details}`, data: outcome }
  },
})
