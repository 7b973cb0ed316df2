import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Asset, Claimant, Keypair, Operation } from '@stellar/stellar-sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSandbox } from '../../tools/sandbox/index.ts'
import { buildTransaction, hex, nativeOf, type Op, pair, startWorld } from './support.ts'

const COMMAND = fileURLToPath(new URL('../../tools/sandbox/main.ts', import.meta.url))

let folder = ''
const processes: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
})

afterEach(async () => {
  for (const child of processes.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  await rm(folder, { recursive: true })
})

describe('a data file', () => {
  test('gives the same network again: ledgers, accounts, history and balances', async () => {
    const dataFile = join(folder, 'network.jsonl')
    const first = await startWorld({ dataFile })
    const source = await first.person()
    const to = Keypair.random().publicKey()
    const { hash } = await first.must(source, [
      Operation.createAccount({ destination: to, startingBalance: '12.5' }),
      Operation.createClaimableBalance({ asset: Asset.native(), amount: '3', claimants: [new Claimant(to)] }),
    ])
    await first.run(source, [Operation.manageData({ name: 'none', value: null })])
    const remembered = await everything(first.get, source.publicKey(), hash)
    await first.sandbox.close()

    const second = await startWorld({ dataFile })
    expect(await everything(second.get, source.publicKey(), hash)).toEqual(remembered)
    expect(nativeOf(await second.account(to))).toBe('12.5000000')
    await second.must(source, [Operation.manageData({ name: 'goes on', value: 'x' })])
  })

  test('gives offers, sponsorships and contracts again, and goes on in its own time', async () => {
    const dataFile = join(folder, 'network.jsonl')
    const first = await startWorld({ dataFile })
    const [source, other] = await pair(first)
    const usd = new Asset('USD', other.publicKey())
    const sponsored = [
      Operation.beginSponsoringFutureReserves({ source: other.publicKey(), sponsoredId: source.publicKey() }) as Op,
      Operation.changeTrust({ asset: usd }),
      Operation.endSponsoringFutureReserves({ source: source.publicKey() }) as Op,
      Operation.manageBuyOffer({ selling: Asset.native(), buying: usd, buyAmount: '10', price: '2', offerId: '0' }),
      Operation.payment({ source: other.publicKey(), destination: source.publicKey(), asset: usd, amount: '1' }),
    ]
    await first.must(source, sponsored, { signers: [source, other] })
    await first.must(other, [
      Operation.pathPaymentStrictReceive({
        sendAsset: usd,
        sendMax: '9',
        destination: other.publicKey(),
        destAsset: Asset.native(),
        destAmount: '3',
        path: [],
      }),
    ])
    first.sandbox.advanceClock(86_400)
    first.sandbox.closeLedger()
    const { ledger_hash, closed_at } = first.sandbox.status()
    const offers = (await first.get('/offers')).body._embedded.records
    expect(offers).toHaveLength(1)
    await first.sandbox.close()

    const second = await startWorld({ dataFile })
    expect(second.sandbox.status()).toMatchObject({ ledger_hash, closed_at })
    expect(JSON.stringify((await second.get('/offers')).body._embedded.records)).toBe(
      JSON.stringify(offers).replaceAll(first.url, second.url),
    )
    second.sandbox.advanceClock(5)
    second.sandbox.closeLedger()
    expect(second.sandbox.status().closed_at).toBe(closed_at + 5)
  })

  test('survives kill -9 of the command: whatever was answered is still there', async () => {
    const dataFile = join(folder, 'network.jsonl')
    const first = await startCommand(['--data', dataFile, '--ledger-ms', '20'])
    const source = Keypair.random()
    expect((await fetch(`${first.url}/friendbot?addr=${source.publicKey()}`)).status).toBe(200)
    const hashes: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const { sequence } = (await (await fetch(`${first.url}/accounts/${source.publicKey()}`)).json()) as {
        sequence: string
      }
      const operation = Operation.manageData({ name, value: 'x' })
      const now = Math.floor(Date.now() / 1000)
      const transaction = buildTransaction(first.passphrase, source, sequence, [operation], {}, now)
      const body = new URLSearchParams({ tx: transaction.toXdr() })
      expect((await fetch(`${first.url}/transactions`, { method: 'POST', body })).status).toBe(200)
      hashes.push(hex(transaction.hash()))
    }
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')

    const second = await startCommand(['--data', dataFile, '--ledger-ms', 'manual'])
    for (const hash of hashes) expect((await fetch(`${second.url}/transactions/${hash}`)).status).toBe(200)
    const account = (await (await fetch(`${second.url}/accounts/${source.publicKey()}`)).json()) as { data: object }
    expect(Object.keys(account.data)).toEqual(['a', 'b', 'c'])
  })

  test('with a torn last line loses that ledger only', async () => {
    const dataFile = join(folder, 'network.jsonl')
    const first = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
    first.closeLedger(3)
    const { ledger, ledger_hash } = first.status()
    await first.close()
    await appendFile(dataFile, '{"ledger":5,"closed_at":17')

    const second = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
    expect(second.status()).toMatchObject({ ledger, ledger_hash })
    second.closeLedger()
    await second.close()
    const third = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
    expect(third.status().ledger).toBe(5)
    await third.close()
  })

  test('that was changed is refused, with the ledger that does not fit', async () => {
    const dataFile = join(folder, 'network.jsonl')
    const first = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
    await first.fund([Keypair.random().publicKey()])
    await first.close()
    const text = await readFile(dataFile, 'utf8')
    const other = Keypair.random().publicKey()
    await writeFile(dataFile, text.replace(/"funded":\["G\w+"\]/, `"funded":["${other}"]`))
    await expect(createSandbox({ dataFile })).rejects.toThrow(/Ledger 2 in .* does not give the hash/)
  })

  test('of another network is refused', async () => {
    const dataFile = join(folder, 'network.jsonl')
    await (await createSandbox({ dataFile, seed: 'one' })).close()
    await expect(createSandbox({ dataFile, seed: 'two' })).rejects.toThrow('belongs to the network')
  })

  test('keeps a reset', async () => {
    const dataFile = join(folder, 'network.jsonl')
    const first = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
    first.closeLedger(4)
    first.reset()
    first.closeLedger()
    const before = first.status()
    await first.close()
    const second = await createSandbox({ dataFile, ledgerIntervalMs: 'manual' })
    expect(second.status()).toMatchObject({ ledger: 2, epoch: 1, ledger_hash: before.ledger_hash })
    await second.close()
  })
})

describe('the command', () => {
  test('stops on SIGTERM with nothing left behind', async () => {
    const { child, url } = await startCommand([])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    await expect(fetch(url)).rejects.toThrow()
  })

  test('explains itself', async () => {
    const { code, output } = await runCommand(['--help'])
    expect(code).toBe(0)
    for (const word of ['--port', '--ledger-ms', '--data', '/friendbot?addr=', '/_sandbox/', 'op_not_supported']) {
      expect(output).toContain(word)
    }
  })

  test('says what is wrong with an argument or a port', async () => {
    const wrong = await runCommand(['--ledger-ms', 'fast'])
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('--ledger-ms is "fast"') })
    const { url } = await startCommand([])
    const taken = await runCommand(['--port', new URL(url).port])
    expect(taken).toMatchObject({ code: 1, output: expect.stringContaining('Name another port with --port') })
  })
})

test('equal seeds, clocks and submissions give equal ledgers', async () => {
  const hashes: unknown[] = []
  const source = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 7))
  for (let run = 0; run < 2; run += 1) {
    const world = await startWorld({ seed: 'same' })
    await world.sandbox.fund([source.publicKey()])
    await world.must(source, [Operation.manageData({ name: 'a', value: 'x' })])
    hashes.push(world.sandbox.status().ledger_hash)
  }
  expect(hashes[0]).toBe(hashes[1])
})

async function everything(
  get: (path: string) => Promise<{ body: unknown }>,
  id: string,
  hash: string,
): Promise<string[]> {
  const paths = [
    `/accounts/${id}`,
    `/accounts/${id}/transactions?include_failed=true&limit=200`,
    `/accounts/${id}/effects?limit=200`,
    `/transactions/${hash}`,
    '/ledgers?limit=200',
  ]
  const bodies = await Promise.all(paths.map(async (path) => JSON.stringify((await get(path)).body)))
  return bodies.map((body) => body.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, ''))
}

async function runCommand(args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [COMMAND, ...args])
  processes.push(child)
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = await once(child, 'close')
  return { code, output: Buffer.concat(chunks).toString() }
}

async function startCommand(args: string[]): Promise<{ child: ChildProcess; url: string; passphrase: string }> {
  const child = spawn(process.execPath, [COMMAND, '--port', '0', ...args])
  processes.push(child)
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.startsWith('Stop with')) break
  }
  const value = (name: string): string =>
    lines
      .find((line) => line.startsWith(name))
      ?.slice(name.length)
      .trim() ?? ''
  return { child, url: value('Horizon'), passphrase: value('Passphrase') }
}
