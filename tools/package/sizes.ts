import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const SOURCE = resolve(import.meta.dirname, '../../src')

/** What an app may import, and how large that may be: gzip bytes beyond supabase-js. */
export const SIZES: readonly { readonly what: string; readonly code: string; readonly limit: number }[] = [
  { what: 'createPayd with everything', code: "export { createPayd } from 'payd/index.ts'", limit: 11_000 },
  {
    what: 'payroll runs alone',
    code: "export { createPayrollRun, getPayrollRun, listPayrollRuns, submitPayrollRun, approvePayrollRun, rejectPayrollRun, disbursePayrollRun, retryPayrollRun } from 'payd/index.ts'",
    // The aim was 3,000: checks, pages and the policy of repeating are 3,300 by themselves.
    limit: 4_800,
  },
  { what: 'verifyWebhook', code: "export { verifyWebhook } from 'payd/webhooks/index.ts'", limit: 2_200 },
]

/** The minified and compressed size of what a piece of code keeps of the SDK. */
export async function sizeOf(code: string): Promise<number> {
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    external: [/^@supabase\//],
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : id.startsWith('payd/') ? id.replace('payd', SOURCE) : null),
        load: (id) => (id === 'entry' ? code : null),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  return gzipSync(output[0].code, { level: 9 }).length
}
