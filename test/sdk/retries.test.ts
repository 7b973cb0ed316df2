import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { describe, expect, it } from 'vitest'
import { createPayd, type PaydError, parsePayrollRunId } from '../../src/index.ts'

const id = parsePayrollRunId(1)

/** The SDK on the real client of Supabase, whose requests are answered one after the other by `answers`. */
function answering(...answers: (Response | Error)[]) {
  const requests: string[] = []
  const waited: number[] = []
  const fetch = async (input: unknown): Promise<Response> => {
    requests.push(String(input))
    const answer = answers[Math.min(requests.length, answers.length) - 1] ?? new Error('No answer was prepared.')
    if (answer instanceof Error) throw answer
    return answer.clone()
  }
  const supabase = createClient('http://127.0.0.1:1', 'key', { global: { fetch } })
  const options = { wait: async (ms: number) => void waited.push(ms), random: () => 1 }
  return { payd: createPayd(supabase), options, requests, waited }
}

const offline = () => new TypeError('fetch failed')
const html = (status: number, headers: HeadersInit = {}) =>
  new Response('<html><h1>Bad gateway</h1></html>', { status, headers: { 'content-type': 'text/html', ...headers } })
const failure = (code: string, status: number) =>
  Response.json({ code, message: 'x', details: null, hint: null }, { status })
const found = Response.json([{ id: 1 }])

describe('the one policy of repeating', () => {
  it('asks three times while there is no answer, and supabase-js not once more', async () => {
    const { payd, options, requests, waited } = answering(offline())
    await expect(payd.payrollRuns.list({}, options)).rejects.toMatchObject({
      kind: 'network',
      code: 'network_error',
      message: 'Could not list payroll runs: no answer arrived.',
      retryable: true,
    })
    expect(requests).toHaveLength(3)
    expect(waited).toEqual([250, 1_000])
  })

  it.each([408, 425, 502, 503, 504, 520, 544])('asks three times after HTTP %i', async (status) => {
    const { payd, options, requests } = answering(html(status))
    const error = await payd.payrollRuns.list({}, options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'gateway_failed', status, retryable: true })
    expect((error as Error).message).toBe(`Could not list payroll runs: the server could not answer (HTTP ${status}).`)
    expect(requests).toHaveLength(3)
  })

  it('goes on when an answer comes', async () => {
    const { payd, options, requests } = answering(html(503), offline(), found)
    expect((await payd.payrollRuns.list({}, options)).items).toEqual([{ id: 1 }])
    expect(requests).toHaveLength(3)
  })

  it('waits as long as the server asks, up to ten seconds', async () => {
    const patient = answering(html(429, { 'retry-after': '7', 'sb-request-id': 'r-7' }), found)
    await patient.payd.payrollRuns.list({}, patient.options)
    expect(patient.waited).toEqual([7_000])
    const { payd, options, requests } = answering(html(429, { 'retry-after': '60', 'sb-request-id': 'r-7' }))
    await expect(payd.payrollRuns.list({}, options)).rejects.toMatchObject({
      ...{ kind: 'rate_limited', code: 'rate_limited', retryAfter: 60, requestId: 'r-7', status: 429 },
    })
    expect(requests).toHaveLength(1)
  })

  it('sends a statement that took too long once', async () => {
    const { payd, options, requests } = answering(failure('57014', 500))
    await expect(
      payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' }, options),
    ).rejects.toMatchObject({
      code: 'statement_timeout',
      retryable: true,
    })
    expect(requests).toHaveLength(1)
  })

  it('sends what was rolled back five times and no more, also what must not happen twice', async () => {
    for (const call of ['retry', 'disburse'] as const) {
      const { payd, options, requests } = answering(failure('40P01', 500))
      await expect(payd.payrollRuns[call](id, options)).rejects.toMatchObject({ code: 'transaction_rolled_back' })
      expect(requests).toHaveLength(5)
    }
  })

  it('sends what must not happen twice once when its end is not known', async () => {
    const { payd, options, requests } = answering(offline())
    await expect(payd.payrollRuns.retry(id, options)).rejects.toMatchObject({ code: 'network_error' })
    expect(requests).toHaveLength(1)
  })

  it.each([
    ['PGRST202', 'Could not find the function public.submit_payroll_run(allow_overlap) in the schema cache', 404],
    ['PGRST205', "Could not find the table 'public.payroll_runs' in the schema cache", 404],
    ['42703', 'column payroll_runs.memo does not exist', 400],
  ])('names the migration that a database lacks (%s)', async (code, message, status) => {
    const { payd, options, requests } = answering(
      Response.json({ code, message, details: null, hint: null }, { status }),
    )
    const error = await payd.payrollRuns.list({}, options).catch((thrown: unknown) => thrown as PaydError)
    expect(error).toMatchObject({ code: 'schema_outdated', status, sqlState: code, cause: { message } })
    const [, migration] = /migration (\d{14}_\w+) /.exec((error as PaydError).hint ?? '') ?? []
    const text = await readFile(join(import.meta.dirname, `../../supabase/migrations/${migration}.sql`), 'utf8')
    expect(text).toMatch(/create (function|table) public\.(submit_payroll_run|payroll_runs)\b/)
    expect(requests.map((url) => new URL(url).pathname.split('/').at(-1))).toEqual(['payroll_runs', 'payd_version'])
    await payd.payrollRuns.list({}, options).catch(() => undefined)
    // The release of a database is asked once.
    expect(requests).toHaveLength(3)
  })

  it('says that a database serves no package as old as this one', async () => {
    const missing = Response.json({ code: 'PGRST202', message: 'x', details: null, hint: null }, { status: 404 })
    const { payd, options } = answering(missing, Response.json({ release: '9.1.0', oldest_sdk: '9.0.0' }))
    await expect(payd.payrollRuns.list({}, options)).rejects.toMatchObject({
      code: 'schema_outdated',
      hint: expect.stringMatching(/PayD 9\.1\.0, which serves no package before 9\.0\.0\. Update the package payd/),
    })
  })

  it('takes the login page of a network for what it is', async () => {
    const { payd, options, requests } = answering(new Response('<html>Welcome to the hotel</html>'))
    await expect(payd.payrollRuns.list({}, options)).rejects.toMatchObject({
      code: 'unexpected_answer',
      hint: expect.stringContaining('login'),
    })
    expect(requests).toHaveLength(1)
  })

  it('takes a lost connection of the data API for no judgement on the input', async () => {
    const { payd, options, requests } = answering(new Response('', { status: 400 }))
    await expect(payd.payrollRuns.list({}, options)).rejects.toMatchObject({ code: 'connection_lost', retryable: true })
    expect(requests).toHaveLength(3)
  })
})

describe('a call', () => {
  it('is one request', async () => {
    const { payd, options, requests } = answering(found)
    await payd.payrollRuns.list({}, options)
    expect(requests).toHaveLength(1)
  })
})

describe('a runtime without DOMException, crypto.randomUUID or either', () => {
  it('creates, refuses and aborts as the others do', async () => {
    const { DOMException, crypto } = globalThis
    const replace = (name: string, value: unknown) =>
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    try {
      replace('DOMException', undefined)
      for (const lesser of [{ getRandomValues: crypto.getRandomValues.bind(crypto) }, undefined]) {
        replace('crypto', lesser)
        const { payd, options } = answering(Response.json({ id: 7 }))
        const run = await payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' }, options)
        expect(run.id).toBe(7)
        const refused = answering(
          Response.json({ code: 'PT409', message: 'No.', details: 'no', hint: 'Do.' }, { status: 409 }),
        )
        await expect(refused.payd.payrollRuns.disburse(id, refused.options)).rejects.toMatchObject({ code: 'no' })
        const reason = Object.assign(new Error('Stop'), { name: 'AbortError' })
        const signal = { aborted: true, reason } as AbortSignal
        await expect(payd.payrollRuns.list({}, { ...options, signal })).rejects.toMatchObject({ code: 'aborted' })
      }
    } finally {
      replace('DOMException', DOMException)
      replace('crypto', crypto)
    }
  })
})
