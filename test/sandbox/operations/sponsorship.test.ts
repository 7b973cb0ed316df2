import { Asset, type Keypair, Keypair as Keys, Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { type Json, nativeOf, type Op, pair, startWorld, type World } from '../support.ts'
import { type Case, poor, promiseCodes, trio, usd } from './cases.ts'

const begin = (sponsor: Keypair, sponsored: string): Op =>
  Operation.beginSponsoringFutureReserves({ source: sponsor.publicKey(), sponsoredId: sponsored }) as Op
const end = (sponsored: string): Op => Operation.endSponsoringFutureReserves({ source: sponsored }) as Op

/** Whatever the operations create, the sponsor pays for the sponsored account. */
const sponsored = (sponsor: Keypair, account: Keypair, ...operations: Op[]): Op[] => [
  begin(sponsor, account.publicKey()),
  ...operations,
  end(account.publicKey()),
]

const counts = (account: Json): number[] => [account.num_sponsoring, account.num_sponsored, account.subentry_count]

async function effectsOf(world: World, id: string): Promise<Json[]> {
  return (await world.get(`/accounts/${id}/effects?limit=200`)).body._embedded.records
}

describe('a sponsor', () => {
  test('pays the reserves of an account that has nothing', async () => {
    const world = await startWorld()
    const sponsor = await world.person()
    const child = Keys.random()
    const id = child.publicKey()
    const create = Operation.createAccount({ destination: id, startingBalance: '0' })
    await world.must(sponsor, sponsored(sponsor, child, create), { signers: [sponsor, child] })
    const account = await world.account(id)
    expect(nativeOf(account)).toBe('0.0000000')
    expect(account.sponsor).toBe(sponsor.publicKey())
    expect(counts(account)).toEqual([0, 2, 0])
    expect(counts(await world.account(sponsor.publicKey()))).toEqual([2, 0, 0])
    expect((await effectsOf(world, id)).at(-1)).toMatchObject({
      type: 'account_sponsorship_created',
      sponsor: sponsor.publicKey(),
    })
    const { records } = (await world.get(`/accounts?sponsor=${sponsor.publicKey()}`)).body._embedded
    expect(records.map((record: Json) => record.id)).toEqual([id])
  })

  test('pays for trustlines, data, signers and claimable balances, and gets each reserve back', async () => {
    const world = await startWorld()
    const [sponsor, owner, issuer] = await trio(world)
    const signer = Keys.random().publicKey()
    const asset = usd(issuer)
    const operations: Op[] = [
      Operation.changeTrust({ source: owner.publicKey(), asset }),
      Operation.manageData({ source: owner.publicKey(), name: 'a', value: 'x' }),
      Operation.setOptions({ source: owner.publicKey(), signer: { ed25519PublicKey: signer, weight: 1 } }),
    ]
    await world.must(sponsor, sponsored(sponsor, owner, ...operations), { signers: [sponsor, owner] })
    const account = await world.account(owner.publicKey())
    expect(counts(account)).toEqual([0, 3, 3])
    expect(account.balances[0]).toMatchObject({ asset_code: 'USD', sponsor: sponsor.publicKey() })
    expect(account.signers.find(({ key }: Json) => key === signer)).toMatchObject({ sponsor: sponsor.publicKey() })
    expect(counts(await world.account(sponsor.publicKey()))).toEqual([3, 0, 0])
    const created = (await effectsOf(world, owner.publicKey())).filter(({ type }) =>
      type.endsWith('sponsorship_created'),
    )
    expect(created.map(({ type }) => type)).toEqual([
      'trustline_sponsorship_created',
      'data_sponsorship_created',
      'signer_sponsorship_created',
    ])

    await world.must(owner, [
      Operation.changeTrust({ asset, limit: '0' }),
      Operation.manageData({ name: 'a', value: null }),
      Operation.setOptions({ signer: { ed25519PublicKey: signer, weight: 0 } }),
    ])
    expect(counts(await world.account(owner.publicKey()))).toEqual([0, 0, 0])
    expect(counts(await world.account(sponsor.publicKey()))).toEqual([0, 0, 0])
  })

  test('hands a sponsorship to the owner, and takes it over from somebody else', async () => {
    const world = await startWorld()
    const [sponsor, owner, next] = await trio(world)
    const data = Operation.manageData({ source: owner.publicKey(), name: 'a', value: 'x' })
    await world.must(sponsor, sponsored(sponsor, owner, data), { signers: [sponsor, owner] })
    const revoke = Operation.revokeDataSponsorship({ account: owner.publicKey(), name: 'a' }) as Op
    const handOver = [begin(next, sponsor.publicKey()), revoke, end(sponsor.publicKey())]
    await world.must(sponsor, handOver, { signers: [sponsor, next] })
    expect(counts(await world.account(next.publicKey()))).toEqual([1, 0, 0])
    expect(counts(await world.account(sponsor.publicKey()))).toEqual([0, 0, 0])

    await world.must(next, [revoke])
    expect(counts(await world.account(next.publicKey()))).toEqual([0, 0, 0])
    expect(counts(await world.account(owner.publicKey()))).toEqual([0, 0, 1])
    expect((await effectsOf(world, owner.publicKey())).slice(-2).map(({ type }) => type)).toEqual([
      'data_sponsorship_updated',
      'data_sponsorship_removed',
    ])
  })

  test('is told in the operations as the SDK names them', async () => {
    const world = await startWorld()
    const [sponsor, owner] = await pair(world)
    const data = Operation.manageData({ source: owner.publicKey(), name: 'a', value: 'x' })
    const { hash } = await world.must(sponsor, sponsored(sponsor, owner, data), { signers: [sponsor, owner] })
    const { records } = (await world.get(`/transactions/${hash}/operations`)).body._embedded
    expect(records[0]).toMatchObject({ type: 'begin_sponsoring_future_reserves', sponsored_id: owner.publicKey() })
    expect(records[2]).toMatchObject({ type: 'end_sponsoring_future_reserves', begin_sponsor: sponsor.publicKey() })
  })

  test('must be asked to stop before the transaction ends', async () => {
    const world = await startWorld()
    const [sponsor, owner] = await pair(world)
    const data = Operation.manageData({ source: owner.publicKey(), name: 'a', value: 'x' })
    const outcome = await world.run(sponsor, [begin(sponsor, owner.publicKey()), data], { signers: [sponsor, owner] })
    expect(outcome.codes).toEqual({ transaction: 'tx_bad_sponsorship' })
    expect(outcome.result.result.type).toBe('txBadSponsorship')
    expect(counts(await world.account(sponsor.publicKey()))).toEqual([0, 0, 0])
    expect((await world.account(owner.publicKey())).data).toEqual({})
  })

  test('gets everything back when the sponsored account is merged', async () => {
    const world = await startWorld()
    const sponsor = await world.person()
    const child = Keys.random()
    const create = Operation.createAccount({ destination: child.publicKey(), startingBalance: '5' })
    await world.must(sponsor, sponsored(sponsor, child, create), { signers: [sponsor, child] })
    world.sandbox.closeLedger(2)
    await world.must(child, [Operation.accountMerge({ destination: sponsor.publicKey() })])
    expect(counts(await world.account(sponsor.publicKey()))).toEqual([0, 0, 0])
  })
})

const cases: Case[] = [
  [
    'for itself',
    'op_malformed',
    'beginSponsoringFutureReservesMalformed',
    async (world) => {
      const source = await world.person()
      return { source, operations: [begin(source, source.publicKey())] }
    },
  ],
  [
    'for somebody who is sponsored already',
    'op_already_sponsored',
    'beginSponsoringFutureReservesAlreadySponsored',
    async (world) => {
      const [source, other] = await pair(world)
      return { source, operations: [begin(source, other.publicKey()), begin(source, other.publicKey())] }
    },
  ],
  [
    'by somebody who is sponsored',
    'op_recursive',
    'beginSponsoringFutureReservesRecursive',
    async (world) => {
      const [source, other, third] = await trio(world)
      const operations = [begin(source, other.publicKey()), begin(other, third.publicKey())]
      return { source, operations, signers: [source, other] }
    },
  ],
  [
    'to end what never began',
    'op_not_sponsored',
    'endSponsoringFutureReservesNotSponsored',
    async (world) => {
      const source = await world.person()
      return { source, operations: [end(source.publicKey())] }
    },
  ],
  [
    'to revoke for what is not there',
    'op_does_not_exist',
    'revokeSponsorshipDoesNotExist',
    async (world) => {
      const source = await world.person()
      return {
        source,
        operations: [Operation.revokeDataSponsorship({ account: source.publicKey(), name: 'a' }) as Op],
      }
    },
  ],
  [
    'to revoke by a stranger',
    'op_not_sponsor',
    'revokeSponsorshipNotSponsor',
    async (world) => {
      const [source, other] = await pair(world)
      return { source, operations: [Operation.revokeAccountSponsorship({ account: other.publicKey() }) as Op] }
    },
  ],
  [
    'to revoke when the owner cannot pay',
    'op_low_reserve',
    'revokeSponsorshipLowReserve',
    async (world) => {
      const sponsor = await world.person()
      const child = Keys.random()
      const create = Operation.createAccount({ destination: child.publicKey(), startingBalance: '0' })
      await world.must(sponsor, sponsored(sponsor, child, create), { signers: [sponsor, child] })
      return {
        source: sponsor,
        operations: [Operation.revokeAccountSponsorship({ account: child.publicKey() }) as Op],
      }
    },
  ],
  [
    'to revoke for a claimable balance, which somebody must sponsor',
    'op_only_transferable',
    'revokeSponsorshipOnlyTransferable',
    async (world) => {
      const [source, other] = await pair(world)
      const { Claimant } = await import('@stellar/stellar-sdk')
      await world.must(source, [
        Operation.createClaimableBalance({
          asset: Asset.native(),
          amount: '1',
          claimants: [new Claimant(other.publicKey())],
        }),
      ])
      const { records } = (await world.get(`/claimable_balances?sponsor=${source.publicKey()}`)).body._embedded
      const balanceId: string = records[0].id
      return { source, operations: [Operation.revokeClaimableBalanceSponsorship({ balanceId }) as Op] }
    },
  ],
  [
    'when the sponsor has no free reserve',
    'op_low_reserve',
    'manageDataLowReserve',
    async (world) => {
      const sponsor = await poor(world, '1.1')
      const owner = await world.person()
      const data = Operation.manageData({ source: owner.publicKey(), name: 'a', value: 'x' })
      return { source: sponsor, operations: [begin(sponsor, owner.publicKey()), data], signers: [sponsor, owner] }
    },
  ],
]

promiseCodes('sponsorship', cases)

describe('allow trust', () => {
  test('authorizes, holds and revokes as the newer operation does', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    await world.must(issuer, [Operation.setOptions({ setFlags: 3 as never })])
    await world.must(holder, [Operation.changeTrust({ asset: usd(issuer) })])
    const allow = (authorize: boolean | number): Op =>
      Operation.allowTrust({ trustor: holder.publicKey(), assetCode: 'USD', authorize: authorize as never })
    const line = async () => {
      const { balances } = await world.account(holder.publicKey())
      return [balances[0]?.is_authorized, (balances[0] as Json).is_authorized_to_maintain_liabilities]
    }
    expect(await line()).toEqual([false, false])
    const { hash } = await world.must(issuer, [allow(true)])
    expect(await line()).toEqual([true, true])
    await world.must(issuer, [allow(2)])
    expect(await line()).toEqual([false, true])
    await world.must(issuer, [allow(false)])
    expect(await line()).toEqual([false, false])
    const effects = (await effectsOf(world, issuer.publicKey())).filter(({ type }) => type.startsWith('trustline'))
    expect(effects.map(({ type }) => type)).toEqual([
      'trustline_authorized',
      'trustline_flags_updated',
      'trustline_authorized_to_maintain_liabilities',
      'trustline_flags_updated',
      'trustline_deauthorized',
      'trustline_flags_updated',
    ])
    expect((await world.get(`/transactions/${hash}/operations`)).body._embedded.records[0]).toMatchObject({
      type: 'allow_trust',
      trustor: holder.publicKey(),
      trustee: issuer.publicKey(),
      asset_code: 'USD',
      authorize: true,
    })
  })

  promiseCodes('allow trust', [
    [
      'for somebody without a trustline',
      'op_no_trust',
      'allowTrustNoTrustLine',
      async (world) => {
        const [source, other] = await pair(world)
        await world.must(source, [Operation.setOptions({ setFlags: 3 as never })])
        return {
          source,
          operations: [
            Operation.allowTrust({ trustor: other.publicKey(), assetCode: 'USD', authorize: true as never }),
          ],
        }
      },
    ],
    [
      'to revoke although the issuer may not',
      'op_cant_revoke',
      'allowTrustCantRevoke',
      async (world) => {
        const [source, other] = await pair(world)
        await world.must(other, [Operation.changeTrust({ asset: usd(source) })])
        return {
          source,
          operations: [
            Operation.allowTrust({ trustor: other.publicKey(), assetCode: 'USD', authorize: false as never }),
          ],
        }
      },
    ],
  ])
})
