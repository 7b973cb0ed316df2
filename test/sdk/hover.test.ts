import { join } from 'node:path'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const FILE = join(ROOT, 'test/sdk/hovered.ts')
const CODE = `import { createPayd, type Employee, type PaydError, type PaydEvent, type PayrollRun } from '../../src/index.ts'
declare const supabase: { from(relation: never): unknown; rpc(name: never, args?: never): unknown }
declare const error: PaydError
declare const employee: Employee
declare const event: PaydEvent
const payd = createPayd(supabase)
payd.payrollRuns.submit
payd.payrollRuns
payd.employees.importCsv
export const code = error.code
export const status = employee.status
export const run = async (): Promise<PayrollRun> => payd.payrollRuns.get(1 as never)
if (event.type === 'payment.completed') event.data.amount
`

let service: ts.LanguageService

// What an editor asks when somebody points at a name.
beforeAll(() => {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
  }
  service = ts.createLanguageService({
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = file === FILE ? CODE : ts.sys.readFile(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => ROOT,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === FILE || ts.sys.fileExists(file),
    readFile: (file) => (file === FILE ? CODE : ts.sys.readFile(file)),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
})

/** The type and the documentation that an editor shows at the last letter of a piece of the code. */
function hovered(piece: string): { readonly type: string; readonly doc: string } {
  const info = service.getQuickInfoAtPosition(FILE, CODE.indexOf(piece) + piece.length - 1)
  return {
    type: ts.displayPartsToString(info?.displayParts).replace(/\s+/g, ' '),
    doc: ts.displayPartsToString(info?.documentation),
  }
}

describe('pointing at', () => {
  it('a call shows what it does and a type that can be read', () => {
    const { type, doc } = hovered('payd.payrollRuns.submit')
    expect(doc).toMatch(/^Submits a draft run for approval exactly as it was looked at/)
    expect(doc).toContain('payroll_run_not_draft')
    expect(type).toContain('(seen: Pick<PayrollRun, "id" | "version">, options?: SubmitOptions | undefined)')
    expect(type).toContain('Promise<PayrollRun>')
    expect(hovered('payd.employees.importCsv').doc).toMatch(/^Imports the employees of a CSV file/)
  })

  it('a group of calls shows what it is about', () => {
    expect(hovered('\npayd.payrollRuns').doc).toMatch(/^Payroll runs from draft to paid/)
  })

  it('a code or a status shows the values that it can have', () => {
    expect(hovered('error.code').type).toMatch(/PaydErrorCode$/)
    expect(hovered('employee.status').type).toMatch(/"active" \| "inactive" \| "pending"$/)
    const offered = service.getCompletionsAtPosition(FILE, CODE.indexOf("'payment.completed'") + 1, undefined)
    expect(offered?.entries.map(({ name }) => name)).toContain('payroll.completed')
  })

  it('the data of an event shows their type once its type is known', () => {
    expect(hovered('event.data.amount').type).toContain('string')
    expect(service.getSemanticDiagnostics(FILE)).toEqual([])
  })
})
