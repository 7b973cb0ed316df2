import {
  AuthClawbackEnabledFlag,
  AuthImmutableFlag,
  AuthRequiredFlag,
  Keypair,
  Operation,
  type xdr,
} from '@stellar/stellar-sdk'
import { type Op, rawOperation } from '../support.ts'
import { type Case, poor, promiseCodes, stranger } from './cases.ts'

const setOptionsCases: Case[] = [
  [
    'a signer without a free reserve',
    'op_low_reserve',
    'setOptionsLowReserve',
    async (world) => {
      const source = await poor(world, '1.4')
      return { source, operations: [Operation.setOptions({ signer: { ed25519PublicKey: stranger, weight: 1 } })] }
    },
  ],
  [
    'a twenty-first signer',
    'op_too_many_signers',
    'setOptionsTooManySigners',
    async (world) => {
      const source = await world.person()
      const add = (): Op =>
        Operation.setOptions({ signer: { ed25519PublicKey: Keypair.random().publicKey(), weight: 1 } })
      await world.must(source, Array.from({ length: 20 }, add))
      return { source, operations: [add()] }
    },
  ],
  [
    'one flag set and cleared at once',
    'op_bad_flags',
    'setOptionsBadFlags',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.setOptions({ setFlags: AuthRequiredFlag, clearFlags: AuthRequiredFlag })],
    }),
  ],
  [
    'an inflation destination that does not exist',
    'op_invalid_inflation',
    'setOptionsInvalidInflation',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.setOptions({ inflationDest: stranger })],
    }),
  ],
  [
    'flags of an immutable account',
    'op_cant_change',
    'setOptionsCantChange',
    async (world) => {
      const source = await world.person()
      await world.must(source, [Operation.setOptions({ setFlags: AuthImmutableFlag })])
      return { source, operations: [Operation.setOptions({ setFlags: AuthRequiredFlag })] }
    },
  ],
  [
    'a flag that does not exist',
    'op_unknown_flag',
    'setOptionsUnknownFlag',
    async (world) => ({ source: await world.person(), operations: [rawOptions({ setFlags: 16 })] }),
  ],
  [
    'a threshold above 255',
    'op_threshold_out_of_range',
    'setOptionsThresholdOutOfRange',
    async (world) => ({ source: await world.person(), operations: [rawOptions({ medThreshold: 256 })] }),
  ],
  [
    'itself as a signer',
    'op_bad_signer',
    'setOptionsBadSigner',
    async (world) => {
      const source = await world.person()
      const signer = { ed25519PublicKey: source.publicKey(), weight: 1 }
      return { source, operations: [Operation.setOptions({ signer })] }
    },
  ],
  [
    'a home domain with a line break',
    'op_invalid_home_domain',
    'setOptionsInvalidHomeDomain',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.setOptions({ homeDomain: 'example\n.org' })],
    }),
  ],
  [
    'clawback without the right to revoke',
    'op_auth_revocable_required',
    'setOptionsAuthRevocableRequired',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.setOptions({ setFlags: AuthClawbackEnabledFlag })],
    }),
  ],
]

promiseCodes('set options', setOptionsCases)

function rawOptions(options: Partial<xdr.SetOptionsOpWire>): Op {
  const setOptionsOp: xdr.SetOptionsOpWire = {
    inflationDest: null,
    clearFlags: null,
    setFlags: null,
    masterWeight: null,
    lowThreshold: null,
    medThreshold: null,
    highThreshold: null,
    homeDomain: null,
    signer: null,
    ...options,
  }
  return rawOperation({ type: 5, setOptionsOp })
}
