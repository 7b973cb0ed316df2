import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const SUBPATHS = {
  payd: 'index.ts',
  'payd/query': 'query/index.ts',
  'payd/realtime': 'realtime/index.ts',
  'payd/schemas': 'schemas.ts',
  'payd/stellar': 'stellar/index.ts',
  'payd/webhooks': 'webhooks/index.ts',
}

interface Example {
  readonly where: string
  readonly code: string
}

let folder = ''
const examples: Example[] = []
/** Programs that users copy. */
const programs: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(ROOT, 'node_modules/.payd-examples-'))
  for (const file of await readdir(join(ROOT, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const comments = (await readFile(join(ROOT, 'src', file), 'utf8')).match(/^ \* ```ts\n[\s\S]*?^ \* ```/gm) ?? []
    examples.push(...comments.map((text) => ({ where: `src/${file}`, code: text.replace(/^ \* ?/gm, '') })))
  }
  const guide = (await readFile(join(ROOT, 'docs/sdk.md'), 'utf8')).match(/^```ts\n[\s\S]*?^```/gm) ?? []
  examples.push(...guide.map((code) => ({ where: 'docs/sdk.md', code })))
  for (const file of await readdir(join(ROOT, 'examples'), { recursive: true })) {
    if (/^(?!.*node_modules).*\.ts$/.test(file)) programs.push(join(ROOT, 'examples', file))
  }
  for (const [index, { code }] of examples.entries()) {
    const text = code.replace(/^```ts\n|```$/gm, '')
    await writeFile(join(folder, `example-${index}.ts`), `${text}\nexport {}\n`)
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the examples in comments and in the guide', () => {
  it('compile', () => {
    expect(examples.length).toBeGreaterThan(15)
    expect(programs.length).toBeGreaterThan(1)
    const program = ts.createProgram({
      rootNames: [...examples.map((_, index) => join(folder, `example-${index}.ts`)), ...programs],
      options: {
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        target: ts.ScriptTarget.ES2023,
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        types: ['node'],
        paths: Object.fromEntries(Object.entries(SUBPATHS).map(([name, file]) => [name, [join(ROOT, 'src', file)]])),
      },
    })
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const index = Number(/example-(\d+)/.exec(file?.fileName ?? '')?.[1])
      return `${examples[index]?.where ?? file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
    expect(problems).toEqual([])
  })

  it('print what they say', async () => {
    const printing = examples.filter(({ code }) => /console\.log\(.*\) \/\/ /.test(code) && !/createClient/.test(code))
    expect(printing.length).toBeGreaterThan(4)
    for (const { code, where } of printing) {
      const expected = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map((match) => match[1])
      const local = code
        .replace(/^```ts\n|```$/gm, '')
        .replace(
          /from '(payd[^']*)'/g,
          (_, name: keyof typeof SUBPATHS) => `from '${join(ROOT, 'src', SUBPATHS[name])}'`,
        )
      const file = join(folder, `run-${Math.random().toString(36).slice(2)}.ts`)
      await writeFile(file, local)
      const printed: string[] = []
      const { log } = console
      console.log = (...values: unknown[]) => void printed.push(values.map(show).join(' '))
      try {
        await import(file)
      } finally {
        console.log = log
      }
      expect(printed, where).toEqual(expected)
    }
  })
})

const show = (value: unknown): string =>
  Array.isArray(value) ? `[ ${value.map((item) => `'${item}'`).join(', ')} ]` : String(value).replaceAll('\u00A0', ' ')
