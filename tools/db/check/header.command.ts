import { writeFileSync } from 'node:fs'
import { type AnalysedMigration, analyse } from '../lib/analysis.ts'
import { count, defineCommand } from '../lib/command.ts'
import { dependenciesOf } from '../lib/dependencies.ts'
import { HEADER_EXAMPLE } from '../lib/header.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import { ROLLBACK_HEADER_EXAMPLE } from '../lib/rollback-header.ts'
import { withHeader, withRollbackHeader } from './header-text.ts'
import { readProofSettings } from './settings.ts'

type Options = { readonly write?: boolean; readonly author: string }

/** `npm run db -- check --fix` */
export const command = defineCommand<Options>({
  name: 'header',
  summary: 'work out the header of a migration from its statements',
  teach: `The header is the first comment block of a file. Tables, dependencies, class and transaction follow from the
statements, so they are worked out; title, prose, author, date, ticket, impact and what breaks are yours and are kept.

${HEADER_EXAMPLE}

A rollback says what it undoes and what it loses (lossless | lossy … | archived | impossible <why>):

${ROLLBACK_HEADER_EXAMPLE}

  npm run db -- check --fix                       every migration
  npm run db -- check --fix 20261120093000        only this one`,
  configure: (command) =>
    void command
      .argument('[migration]', 'version or name; default: all')
      .option('--write', 'write the files')
      .option('--author <name>', 'author for files that name none', 'PayD'),
  run: async ({ project, arguments: [wanted], options }) => {
    const { migrations } = readMigrations(project)
    const analysed = migrations.map(analyse)
    const dependencies = dependenciesOf(analysed)
    const { referenceTables } = readProofSettings(project)
    const chosen = wanted === undefined ? migrations : [findMigration(migrations, wanted)]
    const changed = analysed
      // A file that a release brought stays byte for byte what it was.
      .filter((one) => chosen.includes(one.migration) && one.migration.original === undefined && one.up.sql)
      .flatMap((one) => changesOf(one, dependencies.get(one.migration.version) ?? [], options.author, referenceTables))
    if (options.write) for (const file of changed) writeFileSync(file.path, file.text)
    const files = changed.map((file) => file.shown)
    const verdict = `${count(files.length, 'file')} ${options.write ? 'written' : 'to write'}`
    return { ok: options.write === true || files.length === 0, text: [...files, verdict].join('\n'), data: { files } }
  },
})

function changesOf(
  one: AnalysedMigration,
  depends: readonly string[],
  author: string,
  referenceTables: readonly string[],
) {
  const up = { ...one.up.file, text: withHeader(one, depends, author), before: one.up.file.text }
  const text = withRollbackHeader(one, referenceTables)
  const down = one.down && text !== undefined ? [{ ...one.down.file, text, before: one.down.file.text }] : []
  return [up, ...down].filter((file) => file.text !== file.before)
}
