import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Keypair } from '@stellar/stellar-sdk/base'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPayd, isPaydError, type PaydError } from '../../src/index.ts'
import { channelAccounts } from '../../src/stellar/index.ts'
import { signTestWebhook } from '../../src/webhooks/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { startProject } from './project.ts'

const ROOT = join(import.meta.dirname, '../..')
const SUBPATHS = ['payd', 'payd/query', 'payd/realtime', 'payd/schemas', 'payd/stellar', 'payd/webhooks'] as const
const CSV =
  'first_name,last_name,email,salary,asset_code,Shoe size\nBo,Ek,bo@example.com,100,XLM,40\nCy,Do,cy@example.com,200,XLM,41\n'

let stack: Stack
let folder = ''
let supabase: SupabaseClient
let accessToken = ''
let treasury = ''
const email = `${randomUUID()}@example.com`
const password = randomUUID()

beforeAll(async () => {
  stack = await startProject()
  folder = await mkdtemp(join(ROOT, 'node_modules/.payd-guide-'))
  supabase = createClient(stack.url, stack.keys.publishable, { auth: { persistSession: false } })
  const { data, error } = await supabase.auth.signUp({ email, password })
  if (data.session === null) throw new Error(`Sign-up failed: ${error?.message}`)
  accessToken = data.session.access_token
  const { id } = await createPayd(supabase).organizations.create({ name: 'Acme' })
  // The guide names the first organization of a new project.
  expect(id).toBe(1)
  Object.assign(globalThis, { guide: { supabase } })
})

afterAll(async () => {
  await supabase?.removeAllChannels()
  await rm(folder, { recursive: true, force: true })
  await stack?.stop()
})

/** What the exported functions of the examples that take something are called with. */
const given: Readonly<Record<string, () => Promise<unknown[]>>> = {
  runsOf: async () => [accessToken],
  onFile: async () => [new File([CSV.replaceAll(/,(Shoe size|40|41)$/gm, '')], 'people.csv')],
  importFile: async () => [createPayd(supabase), new File([CSV], 'people.csv')],
  signAll: async () => [async (signedTxXdr: string) => ({ signedTxXdr }), 'G'],
  onSigned: async () => ['AAAA'],
  useChannels: async () => [await aTreasury(), [Keypair.random().publicKey(), Keypair.random().publicKey()]],
  withoutChannels: async () => [await aTreasury()],
  // It goes on until the signal says so.
  watch: async () => [AbortSignal.abort()],
  POST: async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const delivery = await signTestWebhook({ secret, type: 'payment.completed', data: { amount: '1.0000000' } })
    return [new Request('https://example.com/hooks', { method: 'POST', ...delivery })]
  },
}

/** The treasury of the organization, which the operator has enrolled. */
async function aTreasury(): Promise<string> {
  treasury ||= Keypair.random().publicKey()
  const sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  await sql`select private.enroll_source_account(1, ${treasury})`
  await sql.end()
  return treasury
}

/** A refusal that an example may end with, because its run or its person is not there. Everything else is a mistake of the example. */
const isHonest = ({ kind }: PaydError): boolean => kind === 'not_found' || kind === 'conflict'

describe('the guide and the comments of the SDK', () => {
  it('hold examples that do on a real project what they say', async () => {
    const examples = await readExamples()
    expect(examples.length).toBeGreaterThan(15)
    let calls = 0
    for (const [index, { where, code }] of examples.entries()) {
      const file = join(folder, `example-${index}.ts`)
      await writeFile(file, onStack(code))
      const { log } = console
      console.log = () => undefined
      try {
        const exported = (await import(file)) as Readonly<Record<string, unknown>>
        for (const [name, value] of Object.entries(exported)) {
          if (typeof value !== 'function') continue
          calls += 1
          const outcome = await Promise.resolve(value(...((await given[name]?.()) ?? []))).catch((error) => error)
          if (outcome instanceof Error && !(isPaydError(outcome) && isHonest(outcome)))
            throw new Error(`${where}, ${name}`, { cause: outcome })
        }
      } finally {
        console.log = log
      }
    }
    expect(calls).toBeGreaterThan(8)
    // What the example for channel accounts added is gone after its last function.
    expect(await channelAccounts(supabase)).toEqual([])
    // What the example for CSV files brought in.
    expect((await createPayd(supabase).employees.list()).items.map(({ first_name }) => first_name).sort()).toContain(
      'Cy',
    )
  })
})

interface Example {
  readonly where: string
  readonly code: string
}

async function readExamples(): Promise<Example[]> {
  const examples: Example[] = []
  const guide = await readFile(join(ROOT, 'docs/sdk.md'), 'utf8')
  for (const [, code = ''] of guide.matchAll(/^```ts\n([\s\S]*?)^```/gm)) examples.push({ where: 'docs/sdk.md', code })
  for (const file of await readdir(join(ROOT, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const text = await readFile(join(ROOT, 'src', file), 'utf8')
    for (const [, code = ''] of text.matchAll(/^ \* ```ts\n([\s\S]*?)^ \* ```/gm)) {
      examples.push({ where: `src/${file}`, code: code.replace(/^ \* ?/gm, '') })
    }
  }
  return examples
}

/** An example as it is, on the project of this test: signed in, and with the source in place of the package. */
function onStack(code: string): string {
  return code
    .replaceAll("createClient('http://127.0.0.1:54321', 'sb_publishable_…')", '(globalThis as any).guide.supabase')
    .replaceAll("'http://127.0.0.1:54321', 'sb_publishable_…'", `'${stack.url}', '${stack.keys.publishable}'`)
    .replace("{ email: 'ada@example.com', password: '…' }", `{ email: '${email}', password: '${password}' }`)
    .replace(/from '(payd[^']*)'/g, (whole, path: (typeof SUBPATHS)[number]) => {
      const file = path === 'payd' ? 'index' : path === 'payd/schemas' ? 'schemas' : `${path.slice(5)}/index`
      return SUBPATHS.includes(path) ? `from '${ROOT}/src/${file}.ts'` : whole
    })
}
