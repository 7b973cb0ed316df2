import { Pool } from 'undici'
import type { ApiRequest } from './calls.ts'

/** Milliseconds of each request, and seconds of all together. */
export interface Load {
  readonly times: readonly number[]
  readonly seconds: number
}

/** Sends the requests of each connection one after another, all connections at once; every answer has to be a success. */
export async function send(url: string, lanes: readonly (readonly ApiRequest[])[]): Promise<Load> {
  const pool = new Pool(url, { connections: lanes.length, pipelining: 1 })
  const times: number[] = []
  const started = performance.now()
  try {
    await Promise.all(
      lanes.map(async (requests) => {
        for (const request of requests) times.push(await sendOne(pool, request))
      }),
    )
  } finally {
    await pool.close()
  }
  return { times, seconds: (performance.now() - started) / 1_000 }
}

async function sendOne(pool: Pool, { method, path, token, body }: ApiRequest): Promise<number> {
  const started = performance.now()
  const answer = await pool.request({
    method,
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', prefer: 'return=representation' },
    ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`)
  if (text === '[]') throw new Error(`${method} ${path} found nothing, so it measures nothing.`)
  return performance.now() - started
}
