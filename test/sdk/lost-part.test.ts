import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Sdk from '../../src/index.ts'

const ROOT = join(import.meta.dirname, '../..')

let folder = ''
let sdk: typeof Sdk

// A page that was opened before a deployment asks its server for parts that are no longer there.
beforeAll(async () => {
  folder = await mkdtemp(join(ROOT, 'node_modules/.payd-lost-part-'))
  await writeFile(join(folder, 'app.js'), `export * from '${ROOT}/src/index.ts'`)
  const bundle = await rolldown({ input: join(folder, 'app.js'), platform: 'browser', external: [/^@supabase\//] })
  await bundle.write({ dir: join(folder, 'out'), format: 'esm' })
  await bundle.close()
  const [part, ...others] = (await readdir(join(folder, 'out'))).filter((name) => name.startsWith('recover'))
  expect(others).toEqual([])
  await rm(join(folder, 'out', part ?? ''))
  sdk = (await import(join(folder, 'out/app.js'))) as typeof Sdk
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const answering = (fetch: () => Promise<Response>) =>
  sdk.createPayd(createClient('http://127.0.0.1:1', 'key', { global: { fetch } }))

describe('a page whose server no longer has the part for failures', () => {
  it('tells that a refusal is final', async () => {
    const body = {
      code: 'PT409',
      details: 'payroll_run_not_draft',
      message: 'Payroll run 7 is processing.',
      hint: 'No.',
    }
    let requests = 0
    const payd = answering(async () => {
      requests += 1
      return Response.json(body, { status: 409 })
    })
    const error = await payd.payrollRuns.submit({ id: 7 as never, version: 1 }).catch((thrown: unknown) => thrown)
    expect(sdk.isPaydError(error)).toBe(true)
    expect(error).toMatchObject({
      ...{ code: 'network_error', kind: 'network', status: 409, retryable: false },
      ...{ message: 'Could not submit payroll run 7.', hint: 'Load the page again.' },
      cause: expect.objectContaining({ details: 'payroll_run_not_draft' }),
    })
    expect(requests).toBe(1)
  })

  it('tells that a call without an answer may be made again', async () => {
    const payd = answering(() => Promise.reject(new TypeError('fetch failed')))
    await expect(payd.payrollRuns.list()).rejects.toMatchObject({ code: 'network_error', retryable: true })
  })

  it('does not take an empty answer for an empty company', async () => {
    const payd = answering(async () => Response.json([]))
    await expect(payd.payrollRuns.list()).rejects.toMatchObject({ code: 'network_error' })
  })
})
