import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { SIZES, sizeOf } from '../tools/package/sizes.ts'
import { run } from '../tools/package/unpacked.ts'
import { type Benchmark, type ResultRow, spread } from './measure.ts'
import { CALLS, measureCalls } from './sdk-calls.ts'

const ROOT = resolve(import.meta.dirname, '..')

export const sdk: Benchmark = async (tell) => {
  tell('what apps load')
  const sizes = await Promise.all(SIZES.map(sizeRow))
  tell('what a call costs over one by hand')
  const calls = await measureCalls()
  tell('what type checking costs')
  await run(ROOT, process.execPath, ['tools/package/build.ts'])
  const types = await measureTypes()
  return {
    title: 'The SDK',
    method: `Sizes: minified by rolldown, gzip level 9, without supabase-js, what is loaded at once. ${CALLS} Type checking: an app with five calls, against the same five by hand with the generated types, in one process, in turn.`,
    rows: [...sizes, ...calls, types],
  }
}

async function sizeRow(size: (typeof SIZES)[number]): Promise<ResultRow> {
  const { atOnce, later } = await sizeOf(size)
  const all = { min: atOnce, median: atOnce, max: atOnce }
  return {
    what: size.what,
    unit: 'bytes',
    ...all,
    detail: `and ${later} bytes when needed`,
    aim: `at most ${size.limit}`,
  }
}

const BY_HAND = `import { createClient } from '@supabase/supabase-js'
import type { Database } from 'payd-cli/database'
const supabase = createClient<Database>('http://127.0.0.1:54321', 'key')
export const runs = async () => (await supabase.from('payroll_runs').select('*').order('id').limit(50)).data?.map((run) => run.status)
export const people = async () => (await supabase.from('employees').select('*').eq('status', 'active')).data?.map((one) => one.email)
export const submit = async (id: number) => (await supabase.rpc('submit_payroll_run', { payroll_run_id: id, expected_version: 1 })).data
export const bonus = async () => (await supabase.rpc('add_bonus', { payroll_run_id: 1, employee_id: 2, amount: '1' as never, idempotency_key: 'x' })).data
export const mine = async () => (await supabase.rpc('my_organizations')).data
`
const BY_SDK = `import { createClient } from '@supabase/supabase-js'
import { createPayd, type PayrollRun } from 'payd'
const payd = createPayd(createClient('http://127.0.0.1:54321', 'key'))
export const runs = async () => (await payd.payrollRuns.list()).items.map((run) => run.status)
export const people = async () => (await payd.employees.list({ status: 'active' })).items.map((one) => one.email)
export const submit = (run: PayrollRun) => payd.payrollRuns.submit(run)
export const bonus = (run: PayrollRun) => payd.payrollRuns.addBonus(run.id, { employee_id: 2 as never, amount: '1' })
export const mine = () => payd.organizations.list()
`

async function measureTypes(): Promise<ResultRow> {
  const folder = await mkdtemp(join(ROOT, 'node_modules/.payd-bench-'))
  try {
    const files = { hand: join(folder, 'hand.ts'), sdk: join(folder, 'sdk.ts') }
    await Promise.all([writeFile(files.hand, BY_HAND), writeFile(files.sdk, BY_SDK)])
    const ratios: number[] = []
    const times: { hand: number[]; sdk: number[] } = { hand: [], sdk: [] }
    for (let round = 0; round < 6; round += 1) {
      const order = round % 2 === 0 ? (['sdk', 'hand'] as const) : (['hand', 'sdk'] as const)
      const spent = { hand: 0, sdk: 0 }
      for (const name of order) spent[name] = cpuOfCheck(files[name])
      if (round === 0) continue
      times.hand.push(spent.hand)
      times.sdk.push(spent.sdk)
      ratios.push(spent.sdk / spent.hand)
    }
    const ms = (values: readonly number[]): string => spread(values).median.toFixed(0)
    return {
      what: 'type checking an app, over supabase-js with generated types',
      unit: '×',
      ...spread(ratios),
      detail: `${ms(times.sdk)} ms over ${ms(times.hand)} ms of processor time`,
      aim: 'median at most 1.3',
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds of processor time that the compiler needs for an app, from nothing, with the declarations of the built package. */
function cpuOfCheck(file: string): number {
  const before = process.cpuUsage()
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    paths: {
      payd: [join(ROOT, 'dist/types/src/index.d.ts')],
      'payd-cli/database': [join(ROOT, 'cli/dist/database.d.ts')],
    },
  })
  const problems = ts.getPreEmitDiagnostics(program)
  if (problems.length > 0)
    throw new Error(problems.map((it) => ts.flattenDiagnosticMessageText(it.messageText, ' ')).join('\n'))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
