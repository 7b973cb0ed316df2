import { Asset, Keypair, Operation } from '@stellar/stellar-sdk'
import type { Op } from '../support.ts'
import { type Case, old, promiseCodes, trio } from './cases.ts'

const spend = (destination: string): Op => Operation.payment({ destination, asset: Asset.native(), amount: '1' })

const outerCases: Case[] = [
  [
    'for an account that did not sign',
    'op_bad_auth',
    'opBadAuth',
    async (world) => {
      const [source, other] = await trio(world)
      const operation = Operation.payment({
        source: other.publicKey(),
        destination: source.publicKey(),
        asset: Asset.native(),
        amount: '1',
      })
      return { source, operations: [operation] }
    },
  ],
  [
    'for an account that signed but does not exist',
    'op_no_source_account',
    'opNoAccount',
    async (world) => {
      const source = await world.person()
      const ghost = Keypair.random()
      const operation = Operation.manageData({ source: ghost.publicKey(), name: 'a', value: 'b' })
      return { source, operations: [operation], signers: [source, ghost] }
    },
  ],
  [
    'for an account that an earlier operation merged away',
    'op_no_source_account',
    'opNoAccount',
    async (world) => {
      const source = await old(world)
      const to = await world.person()
      return {
        source,
        operations: [Operation.accountMerge({ destination: to.publicKey() }), spend(to.publicKey())],
      }
    },
  ],
  [
    'of a kind that the sandbox does not know',
    'op_not_supported',
    'opNotSupported',
    async (world) => {
      const source = await world.person()
      const operation = Operation.liquidityPoolWithdraw({
        liquidityPoolId: '11'.repeat(32),
        amount: '1',
        minAmountA: '1',
        minAmountB: '1',
      })
      return { source, operations: [operation] }
    },
  ],
  [
    'that would be subentry 1,001',
    'op_too_many_subentries',
    'opTooManySubentries',
    async (world) => {
      const source = await world.person()
      for (let batch = 0; batch < 10; batch += 1) {
        const data = Array.from({ length: 100 }, (_, index) =>
          Operation.manageData({ name: `entry ${batch * 100 + index}`, value: 'x' }),
        )
        await world.must(source, data)
      }
      return { source, operations: [Operation.manageData({ name: 'one more', value: 'x' })] }
    },
  ],
]

promiseCodes('any operation', outerCases)
