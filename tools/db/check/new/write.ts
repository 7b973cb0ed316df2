import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type AnalysedMigration, analyse } from '../../lib/analysis.ts'
import { dependenciesOf } from '../../lib/dependencies.ts'
import { ToolError, usageError } from '../../lib/errors.ts'
import { readMigrations, rollbackPath, type SqlFile, testPath } from '../../lib/migrations.ts'
import { type Project, shownPath } from '../../lib/project.ts'
import { applyToModel, emptyModel } from '../../lib/schema-model.ts'
import { withHeader, withRollbackHeader } from '../header-text.ts'
import { readProofSettings } from '../settings.ts'
import type { TemplateText } from './templates/text.ts'
import { fillTemplate, type TemplateType } from './templates.ts'

export type NewOptions = {
  readonly name: string
  readonly type: TemplateType
  readonly table: string | undefined
  readonly column: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly function?: string | undefined
  readonly author: string
  readonly now: Date
}

/** Writes forward files, rollbacks and tests. Throws before anything is written when the name is taken or wrong. */
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

  const { author, now, table, column, from, to } = options
  const statements = analysed.flatMap(({ up }) => up.sql?.statements ?? [])
  const version = nextVersion(now, earlier)
  const input = { version, name, table, column, from, to, function: options.function, model, statements }
  const drafts: AnalysedMigration[] = []
  for (const text of fillTemplate(type, input)) {
    const stamp = drafts.length === 0 ? version : nextVersion(now, [...earlier, ...drafts.map((one) => one.migration)])
    drafts.push(draftOf(project, stamp, `${name}${text.suffix ?? ''}`, text))
  }
  const depends = dependenciesOf([...analysed, ...drafts])
  const written = drafts.flatMap((one) => withHeaders(project, one, depends.get(one.migration.version) ?? [], author))
  for (const { path, text } of written) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { flag: 'wx' })
  }
  return written
}

function draftOf(project: Project, version: string, name: string, text: TemplateText): AnalysedMigration {
  const id = `${version}_${name}`
  const file = (path: string, content: string): SqlFile => ({
    path,
    shown: shownPath(project, path),
    text: `${content.trimEnd()}\n`,
  })
  const breaking = text.breaking === undefined ? '' : `-- breaking: ${text.breaking}\n`
  const one = analyse({
    version,
    name,
    id,
    key: version,
    up: file(join(project.migrations, `${id}.sql`), `${breaking}${proseLines(text.prose)}\n${text.up}`),
    down: file(rollbackPath(project, id), text.down),
    test: file(testPath(project, id), testText(project, text.tests)),
  })
  const problem = one.up.error ?? one.down?.error
  if (!problem) return one
  throw new ToolError(`The template gives SQL that cannot be parsed: ${problem.message}.`, {
    fix: 'Check the names that you gave.',
  })
}

function withHeaders(project: Project, one: AnalysedMigration, depends: readonly string[], author: string): SqlFile[] {
  const { up, down, test } = one.migration
  const rollback = withRollbackHeader(one, readProofSettings(project).referenceTables)
  return [
    { ...up, text: withHeader(one, depends, author) },
    ...(down && rollback !== undefined ? [{ ...down, text: rollback }] : []),
    ...(test ? [test] : []),
  ]
}

/** Prose as comment lines that end before the margin. */
function proseLines(prose: string): string {
  const lines = ['--']
  for (const word of prose.split(' ')) {
    if ((lines.at(-1) ?? '').length + word.length + 1 > 116) lines.push('--')
    lines[lines.length - 1] += ` ${word}`
  }
  return lines.join('\n')
}

// Never before the newest: the CLI refuses an older file after a newer one.
function nextVersion(now: Date, earlier: readonly { readonly version: string }[]): string {
  const today = versionOf(now)
  const newest = earlier.at(-1)?.version ?? ''
  if (today > newest) return today
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(newest) ?? []
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return versionOf(new Date(instant + 1000))
}

const versionOf = (instant: Date): string => instant.toISOString().replace(/\D/g, '').slice(0, 14)

// PayD's own tests share a set-up; a project that did not take them has none.
function testText(project: Project, tests: readonly string[]): string {
  const isShared = existsSync(join(project.tests, '_shared', 'setup.sql.raw'))
  return `begin;
${isShared ? '\\ir ../_shared/setup.sql.raw\n' : ''}select plan(${tests.length});

${tests.map((test) => `${test};`).join('\n')}

select * from finish();
rollback;`
}
