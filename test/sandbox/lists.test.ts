import { Asset, Claimant, Keypair, Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { holdAsset, type Op, one, pair, startWorld } from './support.ts'

const pay = (to: Keypair, amount: string): Op =>
  Operation.payment({ destination: to.publicKey(), asset: Asset.native(), amount })

describe('lists', () => {
  test('pages follow each other without gap or repetition in both directions', async () => {
    const world = await startWorld()
    const [source, to] = await pair(world)
    for (let round = 0; round < 3; round += 1) {
      await world.must(
        source,
        Array.from({ length: 7 }, (_, index) => pay(to, `${round + 1}.${index}`)),
      )
    }
    const all = (await world.get(`/accounts/${source.publicKey()}/operations?limit=200`)).body._embedded.records
    const ids: string[] = all.map(({ id }: { id: string }) => id)
    expect(ids).toHaveLength(22)
    for (const order of ['asc', 'desc']) {
      const walked: string[] = []
      let path = `/accounts/${source.publicKey()}/operations?limit=5&order=${order}`
      for (;;) {
        const { body } = await world.get(path)
        if (body._embedded.records.length === 0) break
        walked.push(...body._embedded.records.map(({ id }: { id: string }) => id))
        path = body._links.next.href.slice(world.url.length)
      }
      expect(walked).toEqual(order === 'asc' ? ids : [...ids].reverse())
    }
  })

  test('ids are TOIDs: ledger, transaction and operation in one number, as text', async () => {
    const world = await startWorld()
    const [source, to] = await pair(world)
    await world.must(source, [pay(to, '1'), pay(to, '2')])
    const last = one<{ id: string; paging_token: string }>(
      (await world.get('/operations?order=desc&limit=1')).body._embedded.records,
    )
    const ledger = (await world.get('/')).body.history_latest_ledger
    expect(BigInt(last.id)).toBe((BigInt(ledger) << 32n) | (1n << 12n) | 2n)
    expect(last.paging_token).toBe(last.id)
    expect((await world.get(`/operations/${last.id}`)).body.id).toBe(last.id)
  })

  test('failed transactions are hidden unless they are asked for', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { hash } = await world.run(source, [pay(Keypair.random(), '1')])
    const list = async (path: string): Promise<string[]> =>
      (await world.get(path)).body._embedded.records.map(
        (record: { transaction_hash?: string; hash: string }) => record.transaction_hash ?? record.hash,
      )
    const account = `/accounts/${source.publicKey()}`
    expect(await list(`${account}/transactions`)).not.toContain(hash)
    expect(await list(`${account}/transactions?include_failed=true`)).toContain(hash)
    expect(await list(`${account}/payments`)).not.toContain(hash)
    expect(await list(`${account}/payments?include_failed=true`)).toContain(hash)
    expect(await list(`/transactions/${hash}/operations`)).toContain(hash)
  })

  test('payments leave out claimable balances, trustlines and clawbacks', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('USD', issuer.publicKey())
    await holdAsset(world, issuer, holder, asset, '5')
    await world.must(holder, [
      Operation.createClaimableBalance({ asset, amount: '1', claimants: [new Claimant(issuer.publicKey())] }),
    ])
    const types = async (list: string): Promise<string[]> =>
      (await world.get(`/accounts/${holder.publicKey()}/${list}`)).body._embedded.records.map(
        ({ type }: { type: string }) => type,
      )
    expect(await types('payments')).toEqual(['create_account', 'payment'])
    expect(await types('operations')).toEqual(['create_account', 'change_trust', 'payment', 'create_claimable_balance'])
  })

  test('holders and claimable balances come in pages too, each exactly once', async () => {
    const world = await startWorld()
    const [issuer, ...holders] = await world.people(8)
    if (!issuer) throw new Error('Eight people were asked for.')
    const asset = new Asset('USD', issuer.publicKey())
    for (const holder of holders)
      await world.send((await world.build(holder, [Operation.changeTrust({ asset })])).toXdr())
    for (let ledger = 0; ledger < 7; ledger += 1) {
      const claimants = [new Claimant(issuer.publicKey())]
      await world.must(issuer, [Operation.createClaimableBalance({ asset, amount: '1', claimants })])
    }
    for (const order of ['asc', 'desc']) {
      for (const list of [
        `/accounts?asset=USD:${issuer.publicKey()}`,
        `/claimable_balances?sponsor=${issuer.publicKey()}`,
      ]) {
        const tokens: string[] = []
        let path = `${list}&limit=3&order=${order}`
        for (;;) {
          const { body } = await world.get(path)
          if (body._embedded.records.length === 0) break
          tokens.push(...body._embedded.records.map(({ paging_token }: { paging_token: string }) => paging_token))
          path = body._links.next.href.slice(world.url.length)
        }
        expect(new Set(tokens).size).toBe(7)
        expect(tokens).toHaveLength(7)
        // Balances are ordered by ledger first, and ledgers 9 and 10 must not be compared as texts.
        const ledgers = tokens.map((token) => Number(token.split('-')[0]))
        const sorted = list.startsWith('/accounts') ? [...tokens].sort() : [...ledgers].sort((a, b) => a - b)
        expect(list.startsWith('/accounts') ? tokens : ledgers).toEqual(order === 'asc' ? sorted : sorted.reverse())
      }
    }
  })

  test('accounts are found by asset and by signer, one filter at a time', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('USD', issuer.publicKey())
    await holdAsset(world, issuer, holder, asset, '5')
    const found = async (query: string): Promise<string[]> =>
      (await world.get(`/accounts?${query}`)).body._embedded.records.map(({ id }: { id: string }) => id)
    expect(await found(`asset=USD:${issuer.publicKey()}`)).toEqual([holder.publicKey()])
    expect(await found(`signer=${holder.publicKey()}`)).toEqual([holder.publicKey()])
    expect((await world.get('/accounts')).status).toBe(400)
    expect((await world.get(`/accounts?signer=${holder.publicKey()}&asset=USD:${issuer.publicKey()}`)).status).toBe(400)
  })
})
