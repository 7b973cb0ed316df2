import { type AnalysedMigration, tablesOf } from '../lib/analysis.ts'
import { commentBlock, FIELDS, readFields, writeHeader } from '../lib/header.ts'
import { isArchive, type Loss, writeRollbackHeader } from '../lib/rollback-header.ts'
import { runsAlone } from '../lib/units.ts'

/**
 * The forward file with a header that tells the truth: title, prose, author, date, ticket, impact and what breaks are kept,
 * everything else is worked out from the statements. Writing it twice changes nothing.
 */
export function withHeader(one: AnalysedMigration, depends: readonly string[], author: string): string {
  const { text } = one.up.file
  const { fields, prose } = readFields(commentBlock(text), FIELDS)
  const title = fields.migration ?? one.migration.name.replaceAll('_', ' ')
  const classes = one.classes.map((reason) => reason.changeClass)
  const header = writeHeader(
    {
      title,
      author: fields.author ?? author,
      date: fields.date ?? dayOf(one.migration.version),
      ...(fields.ticket ? { ticket: fields.ticket } : {}),
      ...(fields.impact ? { impact: fields.impact } : {}),
      breaking: fields.breaking ?? 'no',
      tables: tablesOf(one.up),
      depends,
      classes,
      transaction: !one.up.sql?.statements.some(runsAlone),
    },
    [...(fields.purpose ? [fields.purpose] : []), ...prose],
  )
  return `${header}\n${afterHeader(text)}`
}

/** The rollback with a header; the loss is the declared one, or what its statements show. */
export function withRollbackHeader(one: AnalysedMigration, referenceTables: readonly string[]): string | undefined {
  if (!one.down) return undefined
  const { text } = one.down.file
  const { prose } = readFields(commentBlock(text), ['rollback-of', 'rollback'])
  const loss = one.rollbackHeader?.header?.loss ?? lossOf(one, referenceTables)
  return `${writeRollbackHeader({ rollbackOf: one.migration.id, loss, prose })}\n${afterHeader(text)}`
}

/** What a rollback loses as far as its statements show: the tables and columns it drops, unless only migrations write them. */
export function lossOf(one: AnalysedMigration, referenceTables: readonly string[]): Loss {
  if (one.up.effects.some((effect) => isArchive(effect.name))) return { kind: 'archived' }
  const what = (one.down?.effects ?? []).flatMap((effect) => {
    if (effect.kind !== 'table' || referenceTables.includes(effect.name)) return []
    if (effect.command?.subtype === 'AT_DropColumn') return [`column ${effect.name}.${effect.command.name}`]
    return effect.verb === 'drop' && /^drop\s+table/i.test(effect.statement.text) ? [`table ${effect.name}`] : []
  })
  return what.length === 0 ? { kind: 'lossless' } : { kind: 'lossy', what }
}

const dayOf = (version: string): string => `${version.slice(0, 4)}-${version.slice(4, 6)}-${version.slice(6, 8)}`

function afterHeader(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--'))
  return end === -1 ? '' : lines.slice(end).join('\n')
}
