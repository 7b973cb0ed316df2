import { Asset, Keypair, Operation } from '@stellar/stellar-sdk'
import { holdAsset, type Op, rawOperation } from '../support.ts'
import { authorize, type Case, controlled, promiseCodes, stranger, trio, usd } from './cases.ts'

const spend = (destination: string): Op => Operation.payment({ destination, asset: Asset.native(), amount: '1' })

const paymentCases: Case[] = [
  [
    'to an account that does not exist',
    'op_no_destination',
    'paymentNoDestination',
    async (world) => ({ source: await world.person(), operations: [spend(stranger)] }),
  ],
  [
    'of nothing',
    'op_malformed',
    'paymentMalformed',
    async (world) => {
      const source = await world.person()
      const paymentOp = {
        destination: { type: 0 as const, ed25519: source.rawPublicKey() },
        asset: { type: 0 as const },
        amount: 0n,
      }
      return { source, operations: [rawOperation({ type: 1, paymentOp })] }
    },
  ],
  [
    'of more lumens than the reserve leaves',
    'op_underfunded',
    'paymentUnderfunded',
    async (world) => {
      const [source, to] = await world.people(2)
      const amount = '9999.0000001'
      const destination = to?.publicKey() ?? ''
      return {
        source: source ?? Keypair.random(),
        operations: [Operation.payment({ destination, asset: Asset.native(), amount })],
      }
    },
  ],
  [
    'of more credit than the source holds',
    'op_underfunded',
    'paymentUnderfunded',
    async (world) => {
      const [issuer, source, to] = await trio(world)
      await holdAsset(world, issuer, source, usd(issuer), '5')
      await holdAsset(world, issuer, to, usd(issuer), '0')
      return { source, operations: [pay(to, usd(issuer), '5.0000001')] }
    },
  ],
  [
    'of credit the source does not trust',
    'op_src_no_trust',
    'paymentSrcNoTrust',
    async (world) => {
      const [issuer, source, to] = await trio(world)
      await holdAsset(world, issuer, to, usd(issuer), '0')
      return { source, operations: [pay(to, usd(issuer), '1')] }
    },
  ],
  [
    'of credit the issuer froze at the source',
    'op_src_not_authorized',
    'paymentSrcNotAuthorized',
    async (world) => {
      const { issuer, holder, asset } = await controlled(world)
      const to = await world.person()
      await world.must(to, [Operation.changeTrust({ asset })])
      await world.must(issuer, [authorize(to, asset, true), authorize(holder, asset, false)])
      return { source: holder, operations: [pay(to, asset, '1')] }
    },
  ],
  [
    'of credit the destination does not trust',
    'op_no_trust',
    'paymentNoTrust',
    async (world) => {
      const [issuer, source, to] = await trio(world)
      await holdAsset(world, issuer, source, usd(issuer), '5')
      return { source, operations: [pay(to, usd(issuer), '1')] }
    },
  ],
  [
    'to a frozen trustline',
    'op_not_authorized',
    'paymentNotAuthorized',
    async (world) => {
      const { issuer, holder, asset } = await controlled(world)
      await world.must(issuer, [authorize(holder, asset, false)])
      return { source: issuer, operations: [pay(holder, asset, '1')] }
    },
  ],
  [
    'above the limit of the trustline',
    'op_line_full',
    'paymentLineFull',
    async (world) => {
      const [issuer, holder] = await trio(world)
      await world.must(holder, [Operation.changeTrust({ asset: usd(issuer), limit: '10' })])
      return { source: issuer, operations: [pay(holder, usd(issuer), '10.0000001')] }
    },
  ],
]

promiseCodes('payment', paymentCases)

function pay(to: Keypair, asset: Asset, amount: string): Op {
  return Operation.payment({ destination: to.publicKey(), asset, amount })
}
