import { AuthImmutableFlag, Claimant, Keypair, Operation } from '@stellar/stellar-sdk'
import { holdAsset, rawOperation } from '../support.ts'
import { balanceFor, type Case, old, poor, promiseCodes, stranger, trio, usd } from './cases.ts'

const createAccountCases: Case[] = [
  [
    'an account that exists',
    'op_already_exists',
    'createAccountAlreadyExist',
    async (world) => {
      const [source, other] = await world.people(2)
      const operation = Operation.createAccount({ destination: other?.publicKey() ?? '', startingBalance: '5' })
      return { source: source ?? Keypair.random(), operations: [operation] }
    },
  ],
  [
    'a start below two reserves',
    'op_low_reserve',
    'createAccountLowReserve',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.createAccount({ destination: stranger, startingBalance: '0.9999999' })],
    }),
  ],
  [
    'more than the source can spend',
    'op_underfunded',
    'createAccountUnderfunded',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.createAccount({ destination: stranger, startingBalance: '9999.5' })],
    }),
  ],
  [
    'itself',
    'op_malformed',
    'createAccountMalformed',
    async (world) => {
      const source = await world.person()
      const operation = Operation.createAccount({ destination: source.publicKey(), startingBalance: '5' })
      return { source, operations: [operation] }
    },
  ],
]

promiseCodes('create account', createAccountCases)

const mergeCases: Case[] = [
  [
    'into itself',
    'op_malformed',
    'accountMergeMalformed',
    async (world) => {
      const source = await world.person()
      return { source, operations: [Operation.accountMerge({ destination: source.publicKey() })] }
    },
  ],
  [
    'into an account that does not exist',
    'op_no_account',
    'accountMergeNoAccount',
    async (world) => {
      const source = await old(world)
      return { source, operations: [Operation.accountMerge({ destination: stranger })] }
    },
  ],
  [
    'of an immutable account',
    'op_immutable_set',
    'accountMergeImmutableSet',
    async (world) => {
      const [source, to] = await trio(world)
      await world.must(source, [Operation.setOptions({ setFlags: AuthImmutableFlag })])
      return { source, operations: [Operation.accountMerge({ destination: to.publicKey() })] }
    },
  ],
  [
    'of an account with a trustline',
    'op_has_sub_entries',
    'accountMergeHasSubEntries',
    async (world) => {
      const [issuer, source] = await trio(world)
      await holdAsset(world, issuer, source, usd(issuer), '0')
      return { source, operations: [Operation.accountMerge({ destination: issuer.publicKey() })] }
    },
  ],
  [
    'of an account whose sequence a new account would undercut',
    'op_seq_num_too_far',
    'accountMergeSeqnumTooFar',
    async (world) => {
      const [source, to] = await trio(world)
      const { sequence } = await world.account(source.publicKey())
      await world.must(source, [Operation.bumpSequence({ bumpTo: (BigInt(sequence) + (10n << 32n)).toString() })])
      return { source, operations: [Operation.accountMerge({ destination: to.publicKey() })] }
    },
  ],
  [
    'of an account that sponsors a claimable balance',
    'op_is_sponsor',
    'accountMergeIsSponsor',
    async (world) => {
      const [source, to] = await trio(world)
      await balanceFor(world, source, [new Claimant(to.publicKey())])
      return { source, operations: [Operation.accountMerge({ destination: to.publicKey() })] }
    },
  ],
]

promiseCodes('account merge', mergeCases)

const dataCases: Case[] = [
  [
    'that removes a name which is not there',
    'op_data_name_not_found',
    'manageDataNameNotFound',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.manageData({ name: 'nothing', value: null })],
    }),
  ],
  [
    'without a free reserve',
    'op_low_reserve',
    'manageDataLowReserve',
    async (world) => ({
      source: await poor(world, '1.4'),
      operations: [Operation.manageData({ name: 'a', value: 'b' })],
    }),
  ],
  [
    'with a line break in its name',
    'op_data_invalid_name',
    'manageDataInvalidName',
    async (world) => ({
      source: await world.person(),
      operations: [Operation.manageData({ name: 'a\nb', value: 'b' })],
    }),
  ],
]

promiseCodes('manage data', dataCases)

const bumpCases: Case[] = [
  [
    'to a negative sequence',
    'op_bad_seq',
    'bumpSequenceBadSeq',
    async (world) => ({
      source: await world.person(),
      operations: [rawOperation({ type: 11, bumpSequenceOp: { bumpTo: -1n } })],
    }),
  ],
]

promiseCodes('bump sequence', bumpCases)
