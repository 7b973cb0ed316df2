import { FeeBumpTransaction, Keypair, TransactionBuilder } from '@stellar/stellar-sdk/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hexOf } from '../../supabase/functions/_shared/stellar/describe.ts'
import { buildTransaction } from '../../supabase/functions/payroll-disburse/build.ts'
import type { TransactionPlan } from '../../supabase/functions/payroll-disburse/plan.ts'
import { createKeyring, verifySignedEnvelope } from '../../supabase/functions/payroll-disburse/sign.ts'
import { address, anyPlan, aPayment, aPlan, keypair, PASSPHRASE } from '../support/plans.ts'

describe('signing', () => {
  test('every signed plan is recognized as the prepared transaction of its account', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(50), (plan, index) => {
        const source = { ...plan, source_account: address(index) }
        const built = buildTransaction(source)
        const signedXdr = createKeyring([keypair(index).secret()]).sign({
          account: source.source_account,
          preparedXdr: built.envelope_xdr,
          expectedHash: built.tx_hash,
          networkPassphrase: PASSPHRASE,
        })
        expect(verdictOf(signedXdr, built.tx_hash, [source.source_account])).toEqual({ isPrepared: true })
      }),
      { numRuns: 40 },
    )
  })

  test('the key of a channel signs for its own treasury only, and both accounts sign', () => {
    const keyring = createKeyring([keypair(0).secret(), keypair(7).secret()], { [address(0)]: [keypair(9).secret()] })
    const channel = address(9)
    const built = buildTransaction(aPlan({ source_account: channel, operation_source: address(0) }))
    const asked = { preparedXdr: built.envelope_xdr, expectedHash: built.tx_hash, networkPassphrase: PASSPHRASE }
    expect([keyring.has(address(0), channel), keyring.has(channel), keyring.has(address(7), channel)]).toEqual([
      true,
      false,
      false,
    ])
    expect(() => keyring.sign({ ...asked, account: address(7), channel })).toThrow('no signing key')
    const signedXdr = keyring.sign({ ...asked, account: address(0), channel })
    const verdict = (xdr: string) =>
      verifySignedEnvelope({
        signedXdr: xdr,
        expectedHash: built.tx_hash,
        networkPassphrase: PASSPHRASE,
        signers: [address(0), channel],
        areAllNeeded: true,
      })
    expect(verdict(signedXdr)).toEqual({ isPrepared: true })
    const byTreasury = keyring.sign({ ...asked, account: address(0) })
    expect(verdict(byTreasury)).toEqual({ isPrepared: false, problem: 'unsigned' })

    const inner = TransactionBuilder.fromXdr(signedXdr, PASSPHRASE)
    if (inner instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    const bumpOf = (payer: string) => {
      const bump = TransactionBuilder.buildFeeBumpTransaction(payer, '2000', inner, PASSPHRASE)
      return {
        plannedXdr: bump.toXdr(),
        expectedHash: hexOf(bump.hash()),
        innerXdr: signedXdr,
        maxFeePerOperation: 2_000n,
        networkPassphrase: PASSPHRASE,
      }
    }
    const bumped = TransactionBuilder.fromXdr(
      keyring.signFeeBump({ ...bumpOf(channel), account: address(0), channel }),
      PASSPHRASE,
    )
    expect(bumped.signatures).toHaveLength(1)
    expect(keypair(9).verify(bumped.hash(), bumped.signatures[0]?.signature ?? new Uint8Array())).toBe(true)
    expect(() => keyring.signFeeBump({ ...bumpOf(address(0)), account: address(0), channel })).toThrow('not signed')
  })

  test('only for accounts whose key is there', () => {
    const keyring = createKeyring([keypair(0).secret()])
    expect(keyring.has(address(0))).toBe(true)
    expect(keyring.has(address(1))).toBe(false)
    expect(() => keyring.sign(request(aPlan({ source_account: address(1) })))).toThrow('no signing key')
  })

  test('only what was prepared, on the network it was prepared for', () => {
    const keyring = createKeyring([keypair(0).secret()])
    const other = buildTransaction(aPlan({ operations: [aPayment({ amount: '9999' })] }))
    expect(() => keyring.sign({ ...request(aPlan()), preparedXdr: other.envelope_xdr })).toThrow('not signed')
    expect(() => keyring.sign({ ...request(aPlan()), networkPassphrase: 'Another ; network' })).toThrow('not signed')
    expect(() => keyring.sign({ ...request(aPlan()), preparedXdr: 'AAAA' })).toThrow('not signed')
  })

  test.each(['', 'S', address(0), `S${'A'.repeat(55)}`, ' '])('"%s" is no key, and is not repeated', (text) => {
    const good = Keypair.random().secret()
    const error = thrownBy(() => createKeyring([good, text]))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain('key 2 of 2')
    expect(String(error)).not.toContain(good)
    if (text.length > 1) expect(String(error)).not.toContain(text)
  })

  test('a keyring shows nothing of its keys', () => {
    const secret = Keypair.random().secret()
    const keyring = createKeyring([secret])
    expect(JSON.stringify(keyring) + String(keyring) + Object.values(keyring).join()).not.toContain(secret)
  })
})

describe('a signed envelope', () => {
  const built = buildTransaction(aPlan())
  const signed = (...signers: Keypair[]): string => {
    const transaction = TransactionBuilder.fromXdr(built.envelope_xdr, PASSPHRASE)
    for (const signer of signers) transaction.sign(signer)
    return transaction.toXdr()
  }

  const differences: readonly [string, Partial<TransactionPlan>][] = [
    ['amount', { operations: [aPayment({ amount: '4200.0000001' })] }],
    ['destination', { operations: [aPayment({ destination: address(2) })] }],
    ['an operation more', { operations: [aPayment(), aPayment({ destination: address(2) })] }],
    ['sequence', { sequence_number: '120192344791187472' }],
    ['last ledger', { max_ledger: 2_000 }],
    ['latest time', { max_time_seconds: 1_795_000_001 }],
    ['memo', { memo: 'x' }],
    ['fee', { fee_per_operation_stroops: 1_001n }],
    ['network', { network_passphrase: 'Public Global Stellar Network ; September 2015' }],
  ]
  test.each(differences)('that differs in %s is refused although its signature is good', (_name, changes) => {
    const plan = aPlan(changes)
    const other = buildTransaction(plan)
    const signedXdr = createKeyring([keypair(0).secret()]).sign({
      account: plan.source_account,
      preparedXdr: other.envelope_xdr,
      expectedHash: other.tx_hash,
      networkPassphrase: plan.network_passphrase,
    })
    expect(verdictOf(signedXdr, built.tx_hash)).toEqual({
      isPrepared: false,
      problem: expect.stringMatching(/other_transaction|foreign_signature/),
    })
  })

  test('without a signature, with a foreign one, or with one too many is refused', () => {
    expect(verdictOf(built.envelope_xdr, built.tx_hash)).toEqual({ isPrepared: false, problem: 'unsigned' })
    const foreign = { isPrepared: false, problem: 'foreign_signature' }
    expect(verdictOf(signed(keypair(1)), built.tx_hash)).toEqual(foreign)
    expect(verdictOf(signed(keypair(0), keypair(1)), built.tx_hash)).toEqual(foreign)
    expect(verdictOf(signed(keypair(0), keypair(0)), built.tx_hash)).toEqual(foreign)
    expect(verdictOf(signed(keypair(0)), built.tx_hash)).toEqual({ isPrepared: true })
    expect(verdictOf(signed(keypair(0), keypair(1)), built.tx_hash, [address(0), address(1)])).toEqual({
      isPrepared: true,
    })
  })

  test('that is a fee bump or no envelope is refused', () => {
    const inner = TransactionBuilder.fromXdr(signed(keypair(0)), PASSPHRASE)
    if (inner instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    const bump = TransactionBuilder.buildFeeBumpTransaction(keypair(5), '2000', inner, PASSPHRASE)
    bump.sign(keypair(5))
    expect(verdictOf(bump.toXdr(), built.tx_hash)).toEqual({ isPrepared: false, problem: 'fee_bump' })
    expect(verdictOf('nonsense', built.tx_hash)).toEqual({ isPrepared: false, problem: 'unreadable' })
  })
})

describe('a higher fee', () => {
  const built = buildTransaction(aPlan())
  const innerXdr = createKeyring([keypair(0).secret()]).sign(request(aPlan()))
  const bumpOf = (changes: { inner?: string; payer?: Keypair; perOperation?: string } = {}) => {
    const inner = TransactionBuilder.fromXdr(changes.inner ?? innerXdr, PASSPHRASE)
    if (inner instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    const payer = changes.payer ?? keypair(0)
    return TransactionBuilder.buildFeeBumpTransaction(payer, changes.perOperation ?? '5000', inner, PASSPHRASE)
  }
  const signBump = (bump: FeeBumpTransaction, changes: { expectedHash?: string } = {}) =>
    createKeyring([keypair(0).secret()]).signFeeBump({
      account: address(0),
      plannedXdr: bump.toXdr(),
      expectedHash: hexOf(bump.hash()),
      innerXdr,
      maxFeePerOperation: 5_000n,
      networkPassphrase: PASSPHRASE,
      ...changes,
    })

  test('is signed around exactly the signed transaction, up to the limit', () => {
    const signed = TransactionBuilder.fromXdr(signBump(bumpOf()), PASSPHRASE)
    if (!(signed instanceof FeeBumpTransaction)) throw new Error('Not a fee bump.')
    expect(hexOf(signed.innerTransaction.hash())).toBe(built.tx_hash)
    expect(signed.signatures).toHaveLength(1)
  })

  const other = () => createKeyring([keypair(0).secret()]).sign(request(aPlan({ memo: 'other' })))
  const signedTwice = () => {
    const bump = bumpOf()
    bump.sign(keypair(3))
    return bump
  }
  test.each<[string, () => FeeBumpTransaction]>([
    ['above the limit', () => bumpOf({ perOperation: '5001' })],
    ['of another payer', () => bumpOf({ payer: keypair(3) })],
    ['around another transaction', () => bumpOf({ inner: other() })],
    ['around the transaction without its signature', () => bumpOf({ inner: built.envelope_xdr })],
    ['with a signature of somebody else', signedTwice],
  ])('%s is not signed', (_what, bump) => {
    expect(() => signBump(bump())).toThrow('not signed')
  })

  test('whose hash is not the stored one is not signed', () => {
    expect(() => signBump(bumpOf(), { expectedHash: built.tx_hash })).toThrow('not signed')
  })
})

function verdictOf(signedXdr: string, expectedHash: string, signers = [address(0)]) {
  return verifySignedEnvelope({ signedXdr, expectedHash, networkPassphrase: PASSPHRASE, signers })
}

function request(plan: TransactionPlan) {
  const built = buildTransaction(plan)
  return {
    account: plan.source_account,
    preparedXdr: built.envelope_xdr,
    expectedHash: built.tx_hash,
    networkPassphrase: plan.network_passphrase,
  }
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return null
}
