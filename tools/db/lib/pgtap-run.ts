import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Parser, type Result } from 'tap-parser'
import { connect, databaseError } from './database.ts'
import { errorText } from './errors.ts'
import type { SqlFile } from './migrations.ts'
import { parseSql } from './sql.ts'
import { asNode } from './tree.ts'

/** What came of the pgTAP file of a migration. */
export type TestOutcome = {
  readonly file: string
  readonly ok: boolean
  readonly assertions: number
  /** What failed, in pgTAP's words. */
  readonly problems: readonly string[]
}

/**
 * Runs a pgTAP file against a database and takes everything back, the extension included where it was absent. Files start
 * with `begin` and end with `rollback`; this transaction begins earlier and so wraps the whole file.
 */
export async function runTests(url: string, test: SqlFile): Promise<TestOutcome> {
  const notRun = (problem: string): TestOutcome => ({ file: test.shown, ok: false, assertions: 0, problems: [problem] })
  const text = await withIncludes(test.path).catch((error: unknown) => new Error(errorText(error)))
  if (text instanceof Error) return notRun(`It cannot be read: ${text.message}`)
  const ending = whatWouldEnd(text)
  if (ending !== undefined) return notRun(ending)
  const sql = connect(url, { applicationName: 'payd-db verify' })
  const lines: string[] = []
  let death: string | undefined
  try {
    await sql.unsafe('begin').simple()
    await sql
      .unsafe(`set local client_min_messages = error; create extension if not exists pgtap with schema extensions`)
      .simple()
    await sql
      .unsafe(text)
      .simple()
      .forEach((row) => void lines.push(Object.values(row).join('|')))
  } catch (error) {
    const refusal = databaseError(error)
    death = refusal ? `${refusal.sqlState} ${refusal.message}` : errorText(error)
  } finally {
    await sql.unsafe('rollback').catch(() => undefined)
    await sql.end({ timeout: 5 })
  }
  return { file: test.shown, ...judge(lines, death) }
}

/** The statement that would end the transaction around the file early, so that what follows it would stay. */
function whatWouldEnd(text: string): string | undefined {
  const parsed = parseSql(text)
  if (!parsed.ok) return `Line ${parsed.error.position.line} is no SQL: ${parsed.error.message}`
  const { statements } = parsed.sql
  const wrong = statements.find((statement, at) => {
    const kind = asNode<{ kind?: string }>(statement.node, 'TransactionStmt')?.kind
    if (kind === undefined || /SAVEPOINT|RELEASE|ROLLBACK_TO/.test(kind)) return false
    const isFrame = (at === 0 && /BEGIN|START/.test(kind)) || (at === statements.length - 1 && /ROLLBACK$/.test(kind))
    return !isFrame
  })
  return (
    wrong &&
    `Line ${wrong.position.line} says "${wrong.text}": a test starts with begin, ends with rollback, and ends no transaction in between, or its rows would stay. It was not run.`
  )
}

function judge(lines: readonly string[], death: string | undefined): Omit<TestOutcome, 'file'> {
  const problems: string[] = []
  let assertions = 0
  let plan: number | undefined
  const parser = new Parser()
  parser.on('plan', ({ end }: { end: number }) => {
    plan = end
  })
  parser.on('assert', (result: Result) => {
    assertions += 1
    if (!result.ok && !result.todo) problems.push(`not ok ${result.id} - ${result.name}`)
  })
  parser.end(lines.map((line) => `${line}\n`).join(''))
  if (death !== undefined) problems.push(`The file ended early: ${death}`)
  else if (plan !== assertions || assertions === 0)
    problems.push(`${plan ?? 'No'} assertions were planned and ${assertions} ran.`)
  return { ok: problems.length === 0, assertions, problems }
}

const INCLUDE = /^\\(?:ir|include_relative)\s+(?:'([^']+)'|(\S+))\s*;?\s*$/

/** The file with every `\ir path` replaced by that file, as psql does it. */
async function withIncludes(path: string, from: readonly string[] = []): Promise<string> {
  if (from.includes(path)) throw new Error(`${path} includes itself.`)
  const lines = (await readFile(path, 'utf8')).split('\n').map(async (line) => {
    const [, quoted, bare] = INCLUDE.exec(line) ?? []
    const included = quoted ?? bare
    return included === undefined ? line : withIncludes(resolve(dirname(path), included), [...from, path])
  })
  return (await Promise.all(lines)).join('\n')
}
