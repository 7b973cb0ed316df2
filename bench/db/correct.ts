import { cpSync } from 'node:fs'
import { baseFolder } from '../../test/db/check/planted.ts'
import { lint } from '../../tools/db/check/lint/lint.ts'
import { type NewOptions, writeNewMigration } from '../../tools/db/check/new/write.ts'
import { prove } from '../../tools/db/check/prove/prove.ts'
import { validate } from '../../tools/db/check/validate/validate.ts'
import { readMigrations } from '../../tools/db/lib/migrations.ts'
import { openProject } from '../../tools/db/lib/project.ts'
import type { ScratchServer } from '../../tools/db/lib/scratch.ts'

// What people change: each is written as the templates write it, one on top of the other.
const NOTES = { table: 'public.notes', column: undefined }
const CHANGES: readonly (Pick<NewOptions, 'name' | 'type'> & Partial<NewOptions>)[] = [
  { name: 'add_comments', type: 'table' },
  { name: 'add_title', type: 'column', ...NOTES, column: 'title' },
  { name: 'index_priority', type: 'index', ...NOTES, column: 'priority' },
  { name: 'short_bodies', type: 'constraint', ...NOTES, column: 'body' },
  { name: 'body_is_content', type: 'rename', ...NOTES, column: 'body', to: 'content' },
  { name: 'readers_of_notes', type: 'policy', ...NOTES },
  { name: 'whose_organization', type: 'replace', function: 'private.organization_id' },
  { name: 'mend_titles', type: 'data', ...NOTES, column: 'title', from: 'wrong', to: 'right' },
  { name: 'no_more_deleted_at', type: 'drop', ...NOTES, column: 'deleted_at' },
]

/** How many correct changes people make here, and what the checks and the proofs have to say against them. */
export async function correctChanges(
  server: ScratchServer,
  root: string,
): Promise<{ readonly changes: number; readonly alarms: readonly string[] }> {
  cpSync(baseFolder(), root, { recursive: true })
  const project = openProject(root)
  const now = new Date()
  for (const change of CHANGES) {
    writeNewMigration(project, { table: undefined, column: undefined, author: 'PayD', now, ...change })
  }
  const { migrations } = readMigrations(project)
  const written = migrations.slice(1).map(({ version }) => version)
  const { findings } = await validate(project, { now, withLock: false })
  const linted = await lint(project, written)
  const run = await prove(project, { server, wanted: new Set(written), lanes: 1 })
  const all = [...findings, ...linted.findings, ...run.proofs.flatMap((proof) => proof.findings), ...run.findings]
  const alarms = all
    .filter(({ severity }) => severity === 'error')
    .map(({ check, file, what }) => `${check} ${file} ${what}`)
  return { changes: CHANGES.length, alarms }
}
