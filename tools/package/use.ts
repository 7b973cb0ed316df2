/** What an app does with every part of the package, and what it then prints. It needs no network: its requests are answered by itself. */
export const USE = `import { createClient } from '@supabase/supabase-js'
import { createPayd, isAmount, splitAmount } from 'payd'
import { paydQueries } from 'payd/query'
import { subscribeToOrganization } from 'payd/realtime'
import { newBonusSchema } from 'payd/schemas'
import { signTestWebhook, verifyWebhook } from 'payd/webhooks'

const refusal = { code: 'PT409', details: 'payroll_run_not_draft', message: 'Run 7 is processing.', hint: 'Wait.' }
const fetch = async () => new Response(JSON.stringify(refusal), { status: 409 })

export async function use() {
  const options = { global: { fetch }, ...(typeof WebSocket === 'undefined' ? { realtime: { transport: class {} } } : {}) }
  const payd = createPayd(createClient('http://127.0.0.1:1', 'key', options as never))
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const event = await verifyWebhook(await signTestWebhook({ secret, type: 'payroll.completed', data: {} }), { secrets: [secret] })
  const unsent = await payd.payrollRuns.create({ period_start: '31.12.2026', period_end: '2026-12-31' }).catch((error) => error.code)
  const refused = await payd.payrollRuns.create({ period_start: '2026-12-01', period_end: '2026-12-31' }).catch((error) => error.code)
  const parts = [event.type, unsent, refused, isAmount('1.5'), splitAmount('1', [1, 1, 1])[0], newBonusSchema.safeParse({}).success]
  return [...parts, typeof paydQueries(payd).employees.list, typeof subscribeToOrganization].join(' ')
}
`

/** The same as JavaScript. */
export const USE_JAVASCRIPT = USE.replaceAll(' as never', '')

/** What `use()` gives. */
export const EXPECTED = 'payroll.completed invalid_date payroll_run_not_draft true 0.3333334 false function function'

/** The settings of the compiler that find most in the declarations of a package, for each way to resolve modules. */
export const STRICTEST = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
].map((resolution) => ({
  ...resolution,
  strict: true,
  noEmit: true,
  lib: ['es2022', 'dom', 'dom.iterable'],
  types: [],
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
}))
