import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Keypair, Operation } from '@stellar/stellar-sdk'
import { xdr } from '@stellar/stellar-sdk/base'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createChain } from '../../tools/sandbox/core/chain.ts'
import type { LedgerRecord } from '../../tools/sandbox/core/history.ts'
import { RUN_LENGTH } from '../../tools/sandbox/core/ledgers.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { startWorld, type World } from './support.ts'

let folder = ''
let dataFile = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-idle-'))
  dataFile = join(folder, 'network.jsonl')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

describe('a network that idles', () => {
  const IDLE = 8 * RUN_LENGTH + 100

  test('writes a few bytes for an empty ledger, and starts again without making them all', async () => {
    const first = await startWorld({ dataFile })
    await first.person()
    const { size } = await stat(dataFile)
    idle(first, IDLE)
    expect(((await stat(dataFile)).size - size) / IDLE).toBeLessThan(4)
    const { ledger, ledger_hash, closed_at } = first.sandbox.status()
    await first.sandbox.close()

    const headers = vi.spyOn(xdr.LedgerHeader.schema, 'encode')
    const second = await startWorld({ dataFile })
    expect(second.sandbox.status()).toMatchObject({ ledger, ledger_hash, closed_at })
    expect(headers.mock.calls.length).toBeLessThan(2 * RUN_LENGTH)
  })

  test('shows Horizon the same ledgers before and after a restart', async () => {
    const first = await startWorld({ dataFile })
    const person = await first.person()
    for (const count of [3, RUN_LENGTH, 2, 40, 2 * RUN_LENGTH + 20]) {
      idle(first, count)
      await first.must(person, [Operation.manageData({ name: 'at', value: String(count) })])
    }
    idle(first, 5)
    const remembered = await ledgersOf(first)
    const fees = (await first.get('/fee_stats')).body
    await first.sandbox.close()
    expect(remembered).toHaveLength(first.sandbox.status().ledger)
    expectChain(remembered)

    const second = await startWorld({ dataFile })
    expect(await ledgersOf(second)).toEqual(remembered)
    expect((await second.get('/fee_stats')).body).toEqual(fees)
    const middle = remembered[400]
    expect((await second.get(`/ledgers/${middle.sequence}`)).body.hash).toBe(middle.hash)
    // A lagging server shows what the leading one showed.
    second.sandbox.setLag({ ledgers: 200 })
    const [lagging] = (await second.get('/ledgers?order=desc&limit=1')).body._embedded.records
    expect(lagging.hash).toBe(remembered.at(-201).hash)
    second.sandbox.clearFaults()
    await second.must(person, [Operation.manageData({ name: 'goes on', value: 'x' })])
  })

  test('keeps no record of an empty ledger, and makes an equal one', () => {
    const chain = createChain({ passphrase: 'idle', epoch: 0, genesisAt: 1_000, maxOperations: 1000 })
    const closed: LedgerRecord[] = [chain.latest()]
    let closedAt = 1_000
    for (let index = 0; index < 3 * RUN_LENGTH; index += 1) {
      closedAt += index % 3
      const funded = index === 300 ? [Keypair.random().publicKey()] : []
      closed.push(chain.close({ closedAt, envelopes: [], funded, baseFee: 100n }))
    }
    const { ledgers } = chain.history
    for (const record of closed) {
      expect(ledgers.get(record.ledger)).toEqual(record)
      expect(ledgers.closedAt(record.ledger)).toBe(record.closedAt)
    }
    const kept = closed.filter((record) => ledgers.get(record.ledger) === record)
    expect(kept.length).toBeLessThan(RUN_LENGTH)
    expect(ledgers.get(closed.length + 1)).toBeUndefined()
    expect(ledgers.get(0)).toBeUndefined()
  })
})

describe('a data file of an idle network', () => {
  test('that is torn at any byte starts with a ledger it had, and goes on', async () => {
    const first = await startWorld({ dataFile })
    const hashes = new Map<number, string>()
    const remember = ({ sandbox }: { sandbox: Sandbox }): void => {
      const { ledger, ledger_hash } = sandbox.status()
      hashes.set(ledger, ledger_hash)
    }
    remember(first)
    const person = await first.person()
    remember(first)
    for (let index = 0; index < RUN_LENGTH + 30; index += 1) {
      idle(first, 1)
      remember(first)
    }
    await first.must(person, [Operation.manageData({ name: 'a', value: 'x' })])
    remember(first)
    idle(first, 1)
    remember(first)
    await first.sandbox.close()

    const whole = await readFile(dataFile)
    const seals = [...whole.toString('latin1').matchAll(/\{"sealed"/g)].map(({ index }) => index)
    expect(seals).toHaveLength(2)
    const cuts = seals.flatMap((at) => [at - 3, at - 1, at, at + 1, at + 60, at + 190, at + 205, at + 220])
    for (const length of [...cuts, whole.length - 1, whole.length]) {
      await writeFile(dataFile, whole.subarray(0, length))
      const second = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
      const { ledger, ledger_hash } = second.status()
      expect(ledger_hash, `cut after ${length} bytes`).toBe(hashes.get(ledger))
      second.closeLedger(RUN_LENGTH)
      const after = second.status()
      await second.close()
      const third = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
      expect(third.status()).toMatchObject({ ledger: after.ledger, ledger_hash: after.ledger_hash })
      await third.close()
    }
  })

  test.each([
    ['a time', (text: string) => text.replace('\n1\n', '\n7\n'), /Ledger \d+ in .* does not give the hash/],
    ['a number', (text: string) => text.replace('\n1\n', '\n-1\n'), /Ledger \d+ in .* does not give the hash/],
    ['the order', (text: string) => text.replace('\n1\n2\n', '\n2\n1\n'), /ledgers 2 to 257 do not give the hash/],
    ['a hash', (text: string) => text.replace(/"hash":"..../, '"hash":"0000'), /ledgers 2 to 257 do not give the hash/],
  ])('in which %s was changed is refused', async (_what, change, refusal) => {
    const first = await startWorld({ dataFile })
    idle(first, RUN_LENGTH)
    await first.sandbox.close()
    await writeFile(dataFile, change(await readFile(dataFile, 'utf8')))
    await expect(createSandbox({ dataFile, ledgerIntervalMs: 'manual' })).rejects.toThrow(refusal)
  })

  test('whose empty ledgers are written at length is read as well', async () => {
    const first = await startWorld({ dataFile })
    const lines = Array.from({ length: 3 }, () => {
      idle(first, 1)
      const { ledger, ledger_hash: hash, closed_at } = first.sandbox.status()
      return `${JSON.stringify({ ledger, closed_at, base_fee: '100', envelopes: [], funded: [], hash })}\n`
    })
    const { ledger, ledger_hash } = first.sandbox.status()
    await first.sandbox.close()
    const [header] = (await readFile(dataFile, 'utf8')).split('\n')
    await writeFile(dataFile, `${header}\n`)
    await appendFile(dataFile, lines.join(''))
    const second = await startWorld({ dataFile })
    expect(second.sandbox.status()).toMatchObject({ ledger, ledger_hash })
  })
})

/** Empty ledgers close, one or two seconds apart. */
function idle({ sandbox, pass }: World, count: number): void {
  for (let index = 0; index < count; index += 1) {
    pass(1 + (index % 2))
    sandbox.closeLedger()
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the server under test are looked into freely.
async function ledgersOf({ get, url }: World): Promise<any[]> {
  const records = []
  for (let path = '/ledgers?limit=200'; ; ) {
    const { _embedded, _links } = (await get(path)).body
    if (_embedded.records.length === 0) return JSON.parse(JSON.stringify(records).replaceAll(url, ''))
    records.push(..._embedded.records)
    path = _links.next.href.slice(url.length)
  }
}

function expectChain(ledgers: readonly { hash: string; prev_hash?: string; sequence: number }[]): void {
  for (const [index, { prev_hash, sequence }] of ledgers.entries()) {
    expect(sequence).toBe(index + 1)
    expect(prev_hash).toBe(ledgers[index - 1]?.hash)
  }
}
