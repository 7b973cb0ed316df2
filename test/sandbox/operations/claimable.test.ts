import { Claimant, Keypair, Operation } from '@stellar/stellar-sdk'
import { holdAsset, type Op } from '../support.ts'
import {
  authorize,
  balanceFor,
  type Case,
  controlled,
  poor,
  promiseCodes,
  setAside,
  stranger,
  trio,
  usd,
} from './cases.ts'

const setAsideCases: Case[] = [
  [
    'for the same claimant twice',
    'op_malformed',
    'createClaimableBalanceMalformed',
    async (world) => ({
      source: await world.person(),
      operations: [setAside('1', [new Claimant(stranger), new Claimant(stranger)])],
    }),
  ],
  [
    'without a reserve for each claimant',
    'op_low_reserve',
    'createClaimableBalanceLowReserve',
    async (world) => ({
      source: await poor(world, '2'),
      operations: [setAside('0.1', [new Claimant(stranger), new Claimant(Keypair.random().publicKey())])],
    }),
  ],
  [
    'of credit the source does not trust',
    'op_no_trust',
    'createClaimableBalanceNoTrust',
    async (world) => {
      const [issuer, source] = await trio(world)
      return { source, operations: [setAside('1', [new Claimant(stranger)], usd(issuer))] }
    },
  ],
  [
    'of credit the issuer froze',
    'op_not_authorized',
    'createClaimableBalanceNotAuthorized',
    async (world) => {
      const { issuer, holder, asset } = await controlled(world)
      await world.must(issuer, [authorize(holder, asset, false)])
      return { source: holder, operations: [setAside('1', [new Claimant(stranger)], asset)] }
    },
  ],
  [
    'of more than the source holds',
    'op_underfunded',
    'createClaimableBalanceUnderfunded',
    async (world) => ({
      source: await world.person(),
      operations: [setAside('9999.5', [new Claimant(stranger)])],
    }),
  ],
]

promiseCodes('create claimable balance', setAsideCases)

const claimCases: Case[] = [
  [
    'of a balance that does not exist',
    'op_does_not_exist',
    'claimClaimableBalanceDoesNotExist',
    async (world) => ({ source: await world.person(), operations: [claim(`00000000${'ab'.repeat(32)}`)] }),
  ],
  [
    'of a balance for somebody else',
    'op_cannot_claim',
    'claimClaimableBalanceCannotClaim',
    async (world) => {
      const [source, other] = await trio(world)
      const id = await balanceFor(world, source, [new Claimant(stranger)])
      return { source: other, operations: [claim(id)] }
    },
  ],
  [
    'after the time in its predicate',
    'op_cannot_claim',
    'claimClaimableBalanceCannotClaim',
    async (world) => {
      const [source, other] = await trio(world)
      const before = Claimant.predicateBeforeRelativeTime('60')
      const id = await balanceFor(world, source, [new Claimant(other.publicKey(), before)])
      world.pass(60)
      return { source: other, operations: [claim(id)] }
    },
  ],
  [
    'above the limit of the trustline',
    'op_line_full',
    'claimClaimableBalanceLineFull',
    async (world) => {
      const [issuer, other] = await trio(world)
      await world.must(other, [Operation.changeTrust({ asset: usd(issuer), limit: '9' })])
      const id = await balanceFor(world, issuer, [new Claimant(other.publicKey())], usd(issuer))
      return { source: other, operations: [claim(id)] }
    },
  ],
  [
    'of credit the claimant does not trust',
    'op_no_trust',
    'claimClaimableBalanceNoTrust',
    async (world) => {
      const [issuer, other] = await trio(world)
      const id = await balanceFor(world, issuer, [new Claimant(other.publicKey())], usd(issuer))
      return { source: other, operations: [claim(id)] }
    },
  ],
  [
    'into a frozen trustline',
    'op_not_authorized',
    'claimClaimableBalanceNotAuthorized',
    async (world) => {
      const { issuer, holder, asset } = await controlled(world)
      const id = await balanceFor(world, issuer, [new Claimant(holder.publicKey())], asset)
      await world.must(issuer, [authorize(holder, asset, false)])
      return { source: holder, operations: [claim(id)] }
    },
  ],
]

promiseCodes('claim claimable balance', claimCases)

const clawbackBalanceCases: Case[] = [
  [
    'that does not exist',
    'op_does_not_exist',
    'clawbackClaimableBalanceDoesNotExist',
    async (world) => ({ source: await world.person(), operations: [clawbackBalance(`00000000${'cd'.repeat(32)}`)] }),
  ],
  [
    'by somebody who is not the issuer',
    'op_no_issuer',
    'clawbackClaimableBalanceNotIssuer',
    async (world) => {
      const { holder, asset } = await controlled(world)
      const id = await balanceFor(world, holder, [new Claimant(stranger)], asset)
      return { source: holder, operations: [clawbackBalance(id)] }
    },
  ],
  [
    'of an asset without clawback',
    'op_not_clawback_enabled',
    'clawbackClaimableBalanceNotClawbackEnabled',
    async (world) => {
      const [issuer, holder] = await trio(world)
      await holdAsset(world, issuer, holder, usd(issuer), '20')
      const id = await balanceFor(world, holder, [new Claimant(stranger)], usd(issuer))
      return { source: issuer, operations: [clawbackBalance(id)] }
    },
  ],
]

promiseCodes('clawback of a claimable balance', clawbackBalanceCases)

function claim(balanceId: string): Op {
  return Operation.claimClaimableBalance({ balanceId })
}

function clawbackBalance(balanceId: string): Op {
  return Operation.clawbackClaimableBalance({ balanceId })
}
