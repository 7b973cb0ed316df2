import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { analyse } from '../../lib/analysis.ts'
import { dependenciesOf } from '../../lib/dependencies.ts'
import { ToolError, usageError } from '../../lib/errors.ts'
import { type Migration, readMigrations, rollbackPath, type SqlFile, testPath } from '../../lib/migrations.ts'
import { type Project, shownPath } from '../../lib/project.ts'
import { applyToModel, emptyModel } from '../../lib/schema-model.ts'
import { withHeader, withRollbackHeader } from '../header-text.ts'
import { readProofSettings } from '../settings.ts'
import { fillTemplate, type TemplateType } from './templates.ts'

export type NewOptions = {
  readonly name: string
  readonly type: TemplateType
  readonly table: string | undefined
  readonly column: string | undefined
  readonly author: string
  readonly now: Date
}

/** Writes a forward file, its rollback and its test. Throws before anything is written when the name is taken or wrong. */
export function writeNewMigration(project: Project, options: NewOptions): SqlFile[] {
  const { name, type } = options
  if (!/^[a-z][a-z0-9_]*$/.test(name) || name.endsWith('_down')) {
    throw usageError(`"${name}" is not a name for a migration.`, 'Use snake_case, such as add_payroll_items_memo.')
  }
  const earlier = readMigrations(project).migrations
  const same = earlier.find((migration) => migration.name === name)
  if (same) throw usageError(`${same.id} has this name already.`, 'Choose a name that says what is different.')
  const analysed = earlier.map(analyse)
  const model = emptyModel()
  for (const { up } of analysed) for (const statement of up.sql?.statements ?? []) applyToModel(model, statement)

  const version = nextVersion(options.now, earlier)
  const id = `${version}_${name}`
  const { prose, up, down, tests } = fillTemplate(type, {
    version,
    name,
    table: options.table,
    column: options.column,
    model,
  })
  const file = (path: string, text: string): SqlFile => ({
    path,
    shown: shownPath(project, path),
    text: `${text.trimEnd()}\n`,
  })
  const draft: Migration = {
    version,
    name,
    id,
    up: file(join(project.migrations, `${id}.sql`), `-- ${prose}\n${up}`),
    down: file(rollbackPath(project, id), down),
    test: file(testPath(project, id), testText(tests)),
  }
  const one = analyse(draft)
  if (one.up.error)
    throw new ToolError(`The template gives SQL that cannot be parsed: ${one.up.error.message}.`, {
      fix: 'Check the names that you gave.',
    })
  const depends = dependenciesOf([...analysed, one]).get(version) ?? []
  const written = [
    { ...draft.up, text: withHeader(one, depends, options.author) },
    {
      ...file(rollbackPath(project, id), ''),
      text: withRollbackHeader(one, readProofSettings(project).referenceTables) ?? '',
    },
    file(testPath(project, id), testText(tests)),
  ]
  for (const { path, text } of written) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { flag: 'wx' })
  }
  return written
}

// Never before the newest: the CLI refuses an older file after a newer one.
function nextVersion(now: Date, earlier: readonly Migration[]): string {
  const today = versionOf(now)
  const newest = earlier.at(-1)?.version ?? ''
  if (today > newest) return today
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(newest) ?? []
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return versionOf(new Date(instant + 1000))
}

const versionOf = (instant: Date): string => instant.toISOString().replace(/\D/g, '').slice(0, 14)

const testText = (tests: readonly string[]): string => `begin;
\\ir ../_shared/setup.sql.raw
select plan(${tests.length});

${tests.map((test) => `${test};`).join('\n')}

select * from finish();
rollback;`
