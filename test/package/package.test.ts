import { cp, readdir, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleOf, REACT_NATIVE, useIn, WORKER } from '../../tools/package/bundles.ts'
import { SIZES, sizeOf } from '../../tools/package/sizes.ts'
import { ROOT, remove, run, unpackedApp, write } from '../../tools/package/unpacked.ts'
import { EXPECTED, STRICTEST, USE, USE_JAVASCRIPT } from '../../tools/package/use.ts'

/** The ids and errors of one copy of the package are those of another. */
const COPIES = `import { type EmployeeId, isPaydError, parseEmployeeId, type PaydError } from 'payd'
import * as other from 'payd-copy'

export const id: EmployeeId = other.parseEmployeeId(parseEmployeeId('7'))
export const error: PaydError = new other.PaydError('No.', { kind: 'conflict', code: 'payroll_run_not_draft' })
export const isKnown: boolean = isPaydError(error)
`

let app: Awaited<ReturnType<typeof unpackedApp>>

beforeAll(async () => {
  app = await unpackedApp()
  // Two libraries of an app may bring a copy each.
  await cp(installed(), join(app.folder, 'node_modules/payd-copy'), { recursive: true })
  await write(app.folder, {
    'app.js': `${USE_JAVASCRIPT}\nconsole.log(await use())`,
    'app.ts': `${USE}\nconsole.log(await use())`,
    'use.js': USE_JAVASCRIPT,
    'use.ts': USE,
    'copies.ts': COPIES,
  })
})

afterAll(() => remove(app.folder))

const installed = (file = '') => join(app.folder, 'node_modules/payd', file)

describe('the packed package', () => {
  it('has no fault that publint knows', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed(), pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('has types that every way to resolve modules finds (are the types wrong)', async () => {
    await run(ROOT, 'attw', [app.packed.archive, '--profile', 'esm-only'])
  })

  it('is made of files, exports and dependencies that are used (knip)', async () => {
    await run(ROOT, 'knip', ['--no-progress'])
  })

  it('holds what apps need, no SQL, and nothing of the checkout', async () => {
    const files = await readdir(installed(), { recursive: true })
    const roots = new Set(files.map((file) => file.split('/')[0]))
    expect([...roots].sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
    expect(files.filter((file) => /\.sql|\.map|\.test\.ts|\.env|node_modules|\.temp/.test(file))).toEqual([])
  })

  it('is as small as docs/decisions/019-two-packages.md says', () => {
    const bytesOf = (pattern: RegExp) =>
      app.packed.files.filter(({ path }) => pattern.test(path)).reduce((total, { size }) => total + size, 0)
    expect(bytesOf(/\.d\.ts$/)).toBeLessThan(265_000)
    expect(bytesOf(/\.js$/)).toBeLessThan(165_000)
    expect(app.packed.unpackedSize).toBeLessThan(450_000)
    expect(app.packed.size).toBeLessThan(120_000)
  })

  it.each(SIZES)('lets an app that uses it ($what) load no more than the limits of its source', async (size) => {
    const { atOnce, later } = await sizeOf(size, installed('dist'))
    // Names of the built files are shorter or longer by some bytes.
    expect(atOnce).toBeLessThanOrEqual(size.limit + 100)
    expect(later).toBeLessThanOrEqual(size.later + 100)
  })

  it('names no file in its declarations that it does not hold', async () => {
    const files = (await readdir(installed('dist'), { recursive: true })).filter((file) => file.endsWith('.d.ts'))
    expect(files.length).toBeGreaterThan(50)
    for (const file of files) {
      const text = await readFile(installed(join('dist', file)), 'utf8')
      for (const [, path = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)) {
        expect(files, `${file} names ${path}`).toContain(join(file, '..', `${path}.d.ts`))
      }
    }
  })
})

describe('an app with the packed package', () => {
  it('runs on every Node.js of this machine', async () => {
    const programs = await nodePrograms()
    expect(programs.length).toBeGreaterThan(0)
    for (const program of programs) {
      const printed = await run(app.folder, program, ['app.js'])
      expect(`${program}: ${printed.trim()}`).toBe(`${program}: ${EXPECTED}`)
    }
  })

  it('knows the errors and ids of another copy of the package', async () => {
    await write(app.folder, { 'two-copies.ts': `${COPIES}\nconsole.log(id, isKnown)` })
    expect(await run(app.folder, process.execPath, ['two-copies.ts'])).toBe('7 true\n')
  })

  it('runs on Deno', async () => {
    const options = ['run', '--allow-all', '--no-check', '--node-modules-dir=manual']
    expect((await run(app.folder, 'deno', [...options, 'app.ts'])).trim()).toBe(EXPECTED)
  })

  it('is bundled for Workers, and runs without anything of Node.js', async () => {
    const code = await bundleOf(join(app.folder, 'use.js'), ['workerd', 'worker', 'browser'])
    expect(await useIn(WORKER, code)).toBe(EXPECTED)
  })

  it('is bundled for React Native, and runs without DOMException and crypto.randomUUID', async () => {
    const code = await bundleOf(join(app.folder, 'use.js'), ['react-native', 'browser'])
    expect(await useIn(REACT_NATIVE, code)).toBe(EXPECTED)
  })

  it('shows the documentation of a call in an editor', async () => {
    await write(app.folder, {
      'hover.ts': `import { createPayd, type PaydClient } from 'payd'\nexport const call = (client: PaydClient) => createPayd(client).payrollRuns.submit\n`,
    })
    const documentation = documentationIn(join(app.folder, 'hover.ts'))
    expect(documentation.get('submit')).toMatch(/^Submits a draft run for approval exactly as it was looked at/)
    expect(documentation.get('payrollRuns')).toMatch(/^Payroll runs from draft to paid/)
  })

  it('has no error of the strictest compiler, declarations included', () => {
    const settings = STRICTEST.find(({ moduleResolution }) => moduleResolution === 'bundler')
    const { options, errors } = ts.convertCompilerOptionsFromJson(settings, app.folder)
    expect(errors).toEqual([])
    const program = ts.createProgram(
      ['use.ts', 'copies.ts'].map((file) => join(app.folder, file)),
      options,
    )
    const problems = ts.getPreEmitDiagnostics(program).flatMap(({ file, messageText }) =>
      // What other packages have wrong in their own declarations is not ours.
      file === undefined || file.fileName.startsWith(app.folder)
        ? [`${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`]
        : [],
    )
    expect(problems).toEqual([])
  })
})

/** What an editor shows at the names of a file: the documentation that the declarations of the package bring. */
function documentationIn(file: string): ReadonlyMap<string, string> {
  const options = { moduleResolution: ts.ModuleResolutionKind.Bundler, strict: true, types: [] }
  const program = ts.createProgram([file], { ...options, module: ts.ModuleKind.ESNext })
  const checker = program.getTypeChecker()
  const found = new Map<string, string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const comment = checker.getSymbolAtLocation(node)?.getDocumentationComment(checker)
      found.set(node.text, ts.displayPartsToString(comment))
    }
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(program.getSourceFile(file) as ts.Node, visit)
  return found
}

/** The Node.js that runs this, and those of other versions that are on PATH. */
async function nodePrograms(): Promise<string[]> {
  const programs = [process.execPath]
  const versions = new Set([process.version])
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'node')
    const version = await run(ROOT, program, ['--version']).then(
      (text) => text.trim(),
      () => '',
    )
    if (Number(/^v(\d+)/.exec(version)?.[1]) < 20 || version === '' || versions.has(version)) continue
    versions.add(version)
    programs.push(program)
  }
  return programs
}
