import { Parser, type Result } from 'tap-parser'
import { connect } from '../lib/sql.ts'
import { descriptionProblem } from './pgtap-description.ts'
import { type AssembledSql, assembleSqlFile } from './pgtap-include.ts'

/** What came of one file. */
export type PgtapFileResult = {
  /** The path below the project folder. */
  readonly file: string
  readonly passed: boolean
  /** How many assertions ran. */
  readonly assertions: number
  /** What a person needs to mend it: failed assertions with what pgTAP says, and the error that ended the file. */
  readonly diagnostics: readonly string[]
  readonly durationMs: number
}

/** Runs one pgTAP file in a database of its own. Never rejects because of what the file does. */
export async function runPgtapFile(file: {
  readonly path: string
  readonly name: string
  readonly databaseUrl: string
}): Promise<PgtapFileResult> {
  const started = performance.now()
  const { lines, death } = await execute(file.path, file.databaseUrl)
  const { assertions, plan, failures } = parseTap(lines)
  const diagnostics = [...failures]
  // The plan of a file that died is short as well; its error says more.
  if (death !== undefined) diagnostics.push(`The file ended early: ${death}`)
  else if (plan !== assertions || assertions === 0) diagnostics.push(planProblem(plan, assertions))
  const durationMs = performance.now() - started
  return { file: file.name, passed: diagnostics.length === 0, assertions, diagnostics, durationMs }
}

async function execute(path: string, databaseUrl: string): Promise<{ lines: string[]; death?: string }> {
  const lines: string[] = []
  const sql = connect(databaseUrl)
  let assembled: AssembledSql | undefined
  try {
    assembled = await assembleSqlFile(path)
    // Row by row, so that what was proven before an error is still heard.
    await sql
      .unsafe(assembled.text)
      .simple()
      .forEach((row) => void lines.push(Object.values(row).join('|')))
    return { lines }
  } catch (error) {
    return { lines, death: describe(error, assembled) }
  } finally {
    await sql.end()
  }
}

/** What psql would print about an error, with the place in the file. */
function describe(error: unknown, assembled: AssembledSql | undefined): string {
  if (!(error instanceof Error)) return String(error)
  const { position, detail, hint, where, code } = error as Error & Partial<Record<string, string>>
  const place = assembled && position ? ` (${assembled.placeOf(Number(position))})` : ''
  return [`${code ?? ''} ${error.message}${place}`.trim(), detail, hint, where].filter(Boolean).join('\n')
}

function parseTap(lines: readonly string[]): { assertions: number; plan: number | undefined; failures: string[] } {
  const failures: string[] = []
  const unclear: string[] = []
  let assertions = 0
  let plan: number | undefined
  let lastFailed = false
  const parser = new Parser()
  parser.on('plan', ({ end }: { end: number }) => {
    plan = end
  })
  parser.on('assert', (result: Result) => {
    assertions += 1
    lastFailed = !result.ok && !result.todo
    if (lastFailed) failures.push(`not ok ${result.id} - ${result.name}`)
    const problem = descriptionProblem(result.name)
    if (problem) unclear.push(`Assertion ${result.id} ${problem}: ${result.name}`)
  })
  // pgTAP explains a failure in the comments after it.
  parser.on('comment', (comment: string) => {
    if (lastFailed) failures.push(`${failures.pop()}\n${comment.trimEnd()}`)
  })
  parser.end(lines.map((line) => `${line}\n`).join(''))
  return { assertions, plan, failures: [...failures, ...unclear] }
}

const planProblem = (plan: number | undefined, assertions: number): string =>
  `${plan || 'No'} assertions were planned and ${assertions} ran. Mend select plan(…).`
