import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { Asset, Claimant, Keypair, Operation, xdr } from '@stellar/stellar-sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNode } from '../../tools/sandbox/core/node.ts'
import { keyOf } from '../../tools/sandbox/core/types.ts'
import { buildTransaction, startWorld } from './support.ts'

describe('bad input', () => {
  test.each([
    ['nothing', '', 400, 'bad_request'],
    ['no base64', '%%%', 400, 'transaction_malformed'],
    ['no XDR', 'AAAA', 400, 'transaction_malformed'],
    ['bytes after the envelope', 'trailing', 400, 'transaction_malformed'],
  ])('an envelope that is %s is refused as such', async (_, text, status, type) => {
    const world = await startWorld()
    const source = await world.person()
    const valid = await world.build(source, [Operation.manageData({ name: 'a', value: 'x' })])
    const trailing = Buffer.concat([Buffer.from(valid.toXdr(), 'base64'), Buffer.alloc(4)]).toString('base64')
    for (const path of ['/transactions', '/transactions_async']) {
      const body = new URLSearchParams({ tx: text === 'trailing' ? trailing : text })
      const response = await fetch(`${world.url}${path}`, { method: 'POST', body })
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ type: `https://stellar.org/horizon-errors/${type}` })
    }
  })

  test('a body above 200 KB is refused, with an answer', async () => {
    const world = await startWorld()
    const body = new URLSearchParams({ tx: 'A'.repeat(210_000) })
    const response = await fetch(`${world.url}/transactions`, { method: 'POST', body })
    expect(response.status).toBe(413)
  })

  test('a body without end only costs its own connection', async () => {
    const world = await startWorld()
    const ended = await new Promise<boolean>((resolve) => {
      const upload = request(`${world.url}/transactions`, { method: 'POST' })
      upload.on('error', () => resolve(true))
      upload.on('response', () => resolve(true))
      const chunk = 'A'.repeat(65_536)
      const more = (): void => {
        if (!upload.destroyed) upload.write(chunk, more)
      }
      more()
    })
    expect(ended).toBe(true)
    expect((await world.get('/')).status).toBe(200)
  })

  test('JSON where a form belongs is an unsupported media type', async () => {
    const world = await startWorld()
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${world.url}/transactions`, { method: 'POST', body: '{}', headers })
    expect(response.status).toBe(415)
  })

  test.each(['/%', '/accounts/%E0%A4%A', `/accounts/${'G'.repeat(5000)}`, '//x', '/accounts/a/data/%', '/?%=%'])(
    'the path %s gets an answer that is no server error',
    async (path) => {
      const world = await startWorld()
      expect((await world.get(path)).status).toBeLessThan(500)
    },
  )

  test('bytes that are no HTTP end their connection only', async () => {
    const world = await startWorld()
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1', () =>
        socket.write('\0\0\0 nonsense\r\n\r\n'),
      )
      socket.on('error', () => resolve())
      socket.on('close', () => resolve())
      socket.resume()
    })
    expect((await world.get('/')).status).toBe(200)
  })

  test('methods that Horizon does not have are 404', async () => {
    const world = await startWorld()
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await fetch(`${world.url}/transactions`, { method })).status).toBe(404)
    }
  })

  test('a stream of what is not there is a plain 404', async () => {
    const world = await startWorld()
    const headers = { accept: 'text/event-stream' }
    for (const path of ['/nothing', `/transactions/${'0'.repeat(64)}`]) {
      expect((await fetch(`${world.url}${path}`, { headers })).status).toBe(404)
    }
  })
})

test('no envelope, however broken, stops the network', () => {
  const passphrase = 'PayD Sandbox ; fuzz'
  const [source, other] = [
    Keypair.fromRawEd25519Seed(Buffer.alloc(32, 1)),
    Keypair.fromRawEd25519Seed(Buffer.alloc(32, 2)),
  ]
  const node = createNode({
    passphrase,
    clock: () => 1_800_000_000_000,
    maxOperationsPerLedger: 1000,
    expectedCloseSeconds: 5,
    dataFile: undefined,
  })
  for (const keypair of [source, other]) void node.fund(keypair.publicKey())
  node.closeLedger()
  const asset = new Asset('USD', source.publicKey())
  const destination = other.publicKey()
  const transaction = buildTransaction(
    passphrase,
    source,
    (2n << 32n).toString(),
    [
      Operation.payment({ destination, asset: Asset.native(), amount: '1' }),
      Operation.createAccount({ destination, startingBalance: '1' }),
      Operation.changeTrust({ asset: new Asset('EURO12', destination) }),
      Operation.createClaimableBalance({ asset, amount: '1', claimants: [new Claimant(destination)] }),
      Operation.setOptions({ homeDomain: 'example.org', signer: { ed25519PublicKey: destination, weight: 1 } }),
      Operation.manageData({ name: 'name', value: 'value' }),
      Operation.bumpSequence({ bumpTo: '1' }),
    ],
    {},
    1_800_000_000,
  )
  const bytes = Buffer.from(transaction.toXdr(), 'base64')
  const nextSequence = (): bigint => {
    const entry = node.chain().store.get(keyOf.account(source.publicKey()))
    return entry?.kind === 'account' ? entry.seq + 1n : 0n
  }
  const looked = new Set<string>()
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 0, maxLength: 6 }),
      fc.boolean(),
      (changes, signAgain) => {
        const broken = Buffer.from(bytes)
        for (const [at, value] of changes) broken[at] = value
        const text = signAgain ? resigned(broken, source, passphrase, nextSequence()) : broken.toString('base64')
        const envelope = node.chain().parse(text)
        if (envelope) {
          node.submit(envelope)
          const { ledger } = node.closeLedger()
          expect(node.chain().latest().ledger).toBe(ledger)
          for (const { resultCode } of node.chain().latest().transactions[0]?.operations ?? []) looked.add(resultCode)
        }
      },
    ),
    { numRuns: 2000 },
  )
  node.close()
  // Many of them got as far as their operations, or this would test only the checks before.
  expect(looked.size).toBeGreaterThan(3)
})

/** The envelope with a right sequence and signature, so that it is looked into and not only its first bytes. */
function resigned(bytes: Buffer, signer: Keypair, passphrase: string, seqNum: bigint): string {
  try {
    const wire = xdr.TransactionEnvelope.fromXdr(bytes).toXdrObject()
    if (wire.type !== 2) return bytes.toString('base64')
    const tx = { ...wire.v1.tx, seqNum }
    const networkId = sha256(Buffer.from(passphrase))
    const tagged = { networkId, taggedTransaction: { type: 2 as const, tx } }
    const hash = sha256(xdr.TransactionSignaturePayload.schema.encode(tagged))
    const signed = { type: 2 as const, v1: { tx, signatures: [signer.signDecorated(hash).toXdrObject()] } }
    return Buffer.from(xdr.TransactionEnvelope.schema.encode(signed)).toString('base64')
  } catch {
    return bytes.toString('base64')
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
