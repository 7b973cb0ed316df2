import { expect, test, vi } from 'vitest'
import { startCluster } from '../../tools/stack/cluster.ts'
import { startFixtureStack } from './fixture.ts'

test('while the database is away the data API answers 503, says when to come back, and names neither host nor port', async () => {
  const cluster = await startCluster()
  const database = { url: await cluster.createDatabase('lost'), adminUrl: cluster.urlFor('lost', 'supabase_admin') }
  const stack = await startFixtureStack({ database, functions: false, scheduler: true })
  const ask = () => fetch(`${stack.url}/rest/v1/notes`, { headers: { apikey: stack.keys.publishable } })
  try {
    expect((await ask()).status).toBe(404)
    await cluster.stop()
    const answer = await vi.waitFor(
      async () => {
        const response = await ask()
        expect(response.status).toBe(503)
        return { retryAfter: response.headers.get('retry-after'), body: await response.text() }
      },
      { timeout: 60_000 },
    )
    expect(JSON.parse(answer.body)).toMatchObject({ code: expect.stringMatching(/^PGRST00/) })
    expect(answer.retryAfter).toMatch(/^\d+$/)
    expect(answer.body).not.toMatch(/127\.0\.0\.1|port \d+/)
  } finally {
    await stack.stop()
  }
})
