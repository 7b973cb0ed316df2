import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk'
import { holdAsset, type Op } from '../support.ts'
import { authorize, type Case, controlled, poor, promiseCodes, stranger, trio, usd } from './cases.ts'

const changeTrustCases: Case[] = [
  [
    'in its own asset',
    'op_malformed',
    'changeTrustMalformed',
    async (world) => {
      const source = await world.person()
      return { source, operations: [Operation.changeTrust({ asset: usd(source) })] }
    },
  ],
  [
    'in an issuer that does not exist',
    'op_no_issuer',
    'changeTrustNoIssuer',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.changeTrust({ asset: new Asset('USD', stranger) })],
    }),
  ],
  [
    'with a limit below the balance',
    'op_invalid_limit',
    'changeTrustInvalidLimit',
    async (world) => {
      const [issuer, source] = await trio(world)
      await holdAsset(world, issuer, source, usd(issuer), '5')
      return { source, operations: [Operation.changeTrust({ asset: usd(issuer), limit: '4' })] }
    },
  ],
  [
    'without a free reserve',
    'op_low_reserve',
    'changeTrustLowReserve',
    async (world) => {
      const issuer = await world.person()
      const source = await poor(world, '1.4')
      return { source, operations: [Operation.changeTrust({ asset: usd(issuer) })] }
    },
  ],
]

promiseCodes('change trust', changeTrustCases)

const flagsCases: Case[] = [
  [
    'by somebody who is not the issuer',
    'op_malformed',
    'setTrustLineFlagsMalformed',
    async (world) => {
      const { holder, asset } = await controlled(world)
      const other = await world.person()
      return { source: other, operations: [authorize(holder, asset, true)] }
    },
  ],
  [
    'of a trustline that does not exist',
    'op_no_trust',
    'setTrustLineFlagsNoTrustLine',
    async (world) => {
      const [issuer, other] = await trio(world)
      return { source: issuer, operations: [authorize(other, usd(issuer), true)] }
    },
  ],
  [
    'that revokes although the issuer may not',
    'op_cant_revoke',
    'setTrustLineFlagsCantRevoke',
    async (world) => {
      const [issuer, holder] = await trio(world)
      await holdAsset(world, issuer, holder, usd(issuer), '5')
      return { source: issuer, operations: [authorize(holder, usd(issuer), false)] }
    },
  ],
  [
    'that leaves authorized and maintain-only set together',
    'op_invalid_state',
    'setTrustLineFlagsInvalidState',
    async (world) => {
      const { issuer, holder, asset } = await controlled(world)
      const flags = { authorizedToMaintainLiabilities: true }
      return {
        source: issuer,
        operations: [Operation.setTrustLineFlags({ trustor: holder.publicKey(), asset, flags })],
      }
    },
  ],
]

promiseCodes('set trustline flags', flagsCases)

const clawbackCases: Case[] = [
  [
    'of an asset it does not issue',
    'op_malformed',
    'clawbackMalformed',
    async (world) => {
      const { holder, asset } = await controlled(world)
      const other = await world.person()
      return { source: other, operations: [clawback(holder, asset, '1')] }
    },
  ],
  [
    'from a trustline without clawback',
    'op_not_clawback_enabled',
    'clawbackNotClawbackEnabled',
    async (world) => {
      const [issuer, holder] = await trio(world)
      await holdAsset(world, issuer, holder, usd(issuer), '5')
      return { source: issuer, operations: [clawback(holder, usd(issuer), '1')] }
    },
  ],
  [
    'from somebody without a trustline',
    'op_no_trust',
    'clawbackNoTrust',
    async (world) => {
      const { issuer, asset } = await controlled(world)
      return { source: issuer, operations: [clawback(await world.person(), asset, '1')] }
    },
  ],
  [
    'of more than the holder has',
    'op_underfunded',
    'clawbackUnderfunded',
    async (world) => {
      const { issuer, holder, asset } = await controlled(world, '5')
      return { source: issuer, operations: [clawback(holder, asset, '5.0000001')] }
    },
  ],
]

promiseCodes('clawback', clawbackCases)

function clawback(from: Keypair, asset: Asset, amount: string): Op {
  return Operation.clawback({ from: from.publicKey(), asset, amount })
}
