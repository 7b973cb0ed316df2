import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { count, defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { shownPath } from '../lib/project.ts'
import { makeBackup } from './backup.ts'
import { backupsFolder, fileHash, fileStamp, readManifest } from './backup-folder.ts'
import { hoursBetween } from './gate.ts'
import { actorOf, requireGuard, targetFlag } from './guard.ts'
import { record } from './journal.ts'
import { positive } from './push.command.ts'
import { megabytes } from './thresholds.ts'

type Options = TargetOptions & { readonly description: string; readonly as?: string; readonly keepDays?: string }

export const command = defineCommand<Options>({
  name: 'backup',
  teach: `Writes all rows of one moment, the history with the statements that ran, sequences, and a fingerprint of every table and
of the catalogue to .payd/backups/<environment>/<label>. It reads through the protocol, so it needs no pg_dump; where one is
installed that is new enough for the server, its dump in the custom format lies beside and was read back once.
A backup counts for push only after restore-drill has restored it: everything less than that is hope.

  npm run db -- backup --env production --description "before add_memo"
  npm run db -- backup --env production --keep-days 7       and remove older ones

The folder holds everybody's data: it is readable by you alone and ignored by git. Move it where your backups live.
Supabase's own daily backups and point-in-time recovery are independent of it; storage objects are in neither.`,
  configure: (command) => {
    withTarget(command)
      .option('--description <text>', 'why it is made; part of the label', 'pre-migration')
      .option('--keep-days <n>', 'remove backups of this environment that are older, but never the newest')
      .option('--confirm <name>', 'the name of the environment; a backup changes nothing, so it is asked for nowhere')
      .option('--as <name>', 'who makes it; default: PAYD_ACTOR or the account')
  },
  run: async ({ context, project, options }) => {
    const target = resolveTarget(project, options, context.environment)
    const guard = await withDatabase(target.url, (sql) => requireGuard(sql, project, target))
    const now = context.now()
    const slug = options.description
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40)
    const label = [fileStamp(now), slug].filter(Boolean).join('-')
    const root = backupsFolder(project, guard.name)
    const folder = join(root, label)
    const { description } = options
    const manifest = await makeBackup({ target, folder, label, description, now, variables: context.environment })
    const bytes = manifest.tables.reduce((sum, table) => sum + table.bytes, 0)
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    const sha256 = await fileHash(join(folder, 'manifest.json'))
    const { digest, wal, dump } = manifest
    const details = { label, description, bytes, rows, tables: manifest.tables.length, digest, wal, sha256, dump }
    await withDatabase(target.url, (sql) => record(sql, { kind: 'backup', actor: actorOf(context, options), details }))
    const removed =
      options.keepDays === undefined ? [] : removeOld(root, label, now, positive('--keep-days', options.keepDays))
    const text = [
      `${shownPath(project, folder)}: ${rows} rows of ${count(manifest.tables.length, 'table')}, ${megabytes(bytes)}`,
      `  with pg_dump  ${dump ? dump.tool : `no: none here is new enough for PostgreSQL ${manifest.server}; the rows are there as COPY data`}`,
      ...(removed.length > 0 ? [`  removed       ${removed.join(', ')}`] : []),
      `  now           npm run db -- restore-drill ${targetFlag(target)}`,
    ]
    return { ok: true, text: text.join('\n'), data: { environment: guard.name, folder, ...details, removed } }
  },
})

function removeOld(root: string, newest: string, now: Date, days: number): string[] {
  const old = readdirSync(root).filter((name) => {
    if (name === newest || !existsSync(join(root, name, 'manifest.json'))) return false
    return hoursBetween(new Date(readManifest(join(root, name)).at), now) > days * 24
  })
  for (const name of old) rmSync(join(root, name), { recursive: true })
  return old
}
