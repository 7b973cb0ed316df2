import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type OutputChunk, rolldown } from 'rolldown'

const SOURCE = resolve(import.meta.dirname, '../../src')

/** What an app may use, and how large that may be: gzip bytes beyond supabase-js. */
export const SIZES: readonly Size[] = [
  { what: 'createPayd with everything', from: 'index.ts', uses: ['createPayd'], limit: 14_000, later: 12_500 },
  {
    what: 'payroll runs alone',
    from: 'index.ts',
    uses: [
      'createPayrollRun',
      'getPayrollRun',
      'listPayrollRuns',
      'submitPayrollRun',
      'approvePayrollRun',
      'rejectPayrollRun',
      'disbursePayrollRun',
      'retryPayrollRun',
    ],
    limit: 3_000,
    later: 6_000,
  },
  { what: 'verifyWebhook', from: 'webhooks/index.ts', uses: ['verifyWebhook'], limit: 2_000, later: 0 },
]

interface Size {
  readonly what: string
  readonly from: string
  readonly uses: readonly string[]
  /** What is loaded at once. */
  readonly limit: number
  /** What is loaded only when it is needed: the sentences for failures, the names of migrations, and the reader of CSV files. */
  readonly later: number
}

/**
 * The minified and compressed size of what an app keeps of the SDK, from its source or from the folder of the built modules: what it
 * loads at once, and what it loads when it is needed.
 */
export async function sizeOf(
  { from, uses }: Pick<Size, 'from' | 'uses'>,
  built?: string,
): Promise<{ atOnce: number; later: number }> {
  const file = built === undefined ? join(SOURCE, from) : join(built, from.replace(/\.ts$/, '.js'))
  const code = `import * as payd from '${file}'\nglobalThis.app = [${uses.map((name) => `payd.${name}`)}]`
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    external: [/^@supabase\//],
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? code : null),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true, comments: false })
  await bundle.close()
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk')
  const first = closureOf(
    chunks.filter(({ isEntry }) => isEntry),
    chunks,
  )
  return { atOnce: sum(first), later: sum(chunks.filter((chunk) => !first.includes(chunk))) }
}

/** Chunks with everything that they import statically. */
function closureOf(some: readonly OutputChunk[], all: readonly OutputChunk[]): readonly OutputChunk[] {
  const names = new Set(some.flatMap(({ fileName, imports }) => [fileName, ...imports]))
  const found = all.filter(({ fileName }) => names.has(fileName))
  return found.length === some.length ? found : closureOf(found, all)
}

function sum(chunks: readonly OutputChunk[]): number {
  return chunks.reduce((total, { code }) => total + gzipSync(code, { level: 9 }).length, 0)
}
