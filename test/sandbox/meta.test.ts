import { Asset, Operation, xdr } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { pair, startWorld, type World } from './support.ts'

async function payment(world: World): Promise<{ hash: string; to: string }> {
  const [source, payee] = await pair(world)
  const to = payee.publicKey()
  const { hash } = await world.must(source, [
    Operation.payment({ destination: to, asset: Asset.native(), amount: '5' }),
  ])
  return { hash, to }
}

describe('the meta of a transaction', () => {
  test('tells each entry before and after, as the SDK reads it', async () => {
    const world = await startWorld({ keepsMeta: true })
    const { hash, to } = await payment(world)
    const { body } = await world.get(`/transactions/${hash}`)
    const meta = xdr.TransactionMeta.fromXdr(body.result_meta_xdr, 'base64').toXdrObject()
    if (meta.v !== 4) throw new Error('The meta is not of version 4.')
    const balances = meta.v4.operations[0]?.changes.flatMap((change) => {
      const entry = change.type === 3 ? change.state : change.type === 1 ? change.updated : null
      return entry?.data.type === 0 ? [entry.data.account.balance] : []
    })
    expect(balances).toContain(100_050_000_000n)
    expect(balances).toContain(99_949_999_900n)
    expect((await world.account(to)).balances[0]?.balance).toBe('10005.0000000')
    // The fee was taken before: the account, before and after, in a counted list.
    const fee = Buffer.from(body.fee_meta_xdr, 'base64')
    expect(fee.readUInt32BE(0)).toBe(2)
  })

  test('is left out by Horizon unless it is asked to keep it, and never by RPC', async () => {
    const world = await startWorld()
    const { hash } = await payment(world)
    expect((await world.get(`/transactions/${hash}`)).body.result_meta_xdr).toBe('')
    const response = await fetch(`${world.url}/rpc`, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getTransaction', params: { hash } }),
    })
    const { result } = (await response.json()) as { result: { resultMetaXdr: string } }
    expect(xdr.TransactionMeta.fromXdr(result.resultMetaXdr, 'base64').type).toBe('v4')
  })
})
