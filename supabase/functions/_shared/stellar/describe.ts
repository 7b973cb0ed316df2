import {
  type Asset,
  extractBaseAddress,
  FeeBumpTransaction,
  Keypair,
  type OperationRecord,
  type Transaction,
  TransactionBuilder,
} from '@stellar/stellar-sdk/base'

/** What an operation pays to whom. */
export type PaymentDescription = {
  readonly operation_type: 'payment' | 'create_account'
  /** G…; for a payment also M…. */
  readonly destination: string
  readonly asset_code: string
  /** The issuing account, or '' for native XLM. */
  readonly asset_issuer: string
  /** Decimal text in units of the asset. */
  readonly amount: string
}

/** An amount that waits on the ledger: for its destination at any time, and from a time on also for the account that pays. */
export type ClaimableDescription = Omit<PaymentDescription, 'operation_type'> & {
  readonly operation_type: 'create_claimable_balance'
  readonly reclaimable_at_seconds: number
}

/** The claim of a balance by the account for which the operation acts. */
export type ClaimDescription = {
  readonly operation_type: 'claim_claimable_balance'
  /** 72 hexadecimal digits. */
  readonly claimable_balance_id: string
}

/** What one operation does. */
export type OperationDescription = PaymentDescription | ClaimableDescription | ClaimDescription

/** What a transaction says, as plain data. */
export type TransactionDescription = {
  /** The hash of the inner transaction in lower-case hex, by which the ledger is asked about it. */
  readonly tx_hash: string
  /** The account whose sequence number it uses, and which pays the fee. */
  readonly source_account: string
  /** The account for which every operation acts: the source account, or the one that each of them names instead. */
  readonly operation_source: string
  readonly sequence_number: string
  /** Offered for the whole transaction, in stroops. */
  readonly fee_bid_stroops: string
  /** 0 when the transaction has no such bound. */
  readonly max_ledger: number
  readonly max_time_seconds: number
  /** id is a number of 64 bits. */
  readonly memo_type: 'text' | 'id' | null
  readonly memo: string | null
  readonly operations: readonly OperationDescription[]
}

/**
 * What an envelope says, or null when it is anything that PayD does not build: unreadable, a fee bump, with an operation, memo or
 * precondition of another kind, or with operations that do not all act for one account.
 */
export function describeTransaction(envelopeXdr: string, networkPassphrase: string): TransactionDescription | null {
  const transaction = readEnvelope(envelopeXdr, networkPassphrase)
  if (transaction === null || transaction instanceof FeeBumpTransaction || hasForeignPreconditions(transaction))
    return null
  const memo = memoOf(transaction)
  const actor = actorOf(transaction)
  if (actor === null) return null
  const operations = transaction.operations.map((operation) => describeOperation(operation, actor))
  if (memo === undefined || !operations.every((operation) => operation !== null)) return null
  return {
    tx_hash: hexOf(transaction.hash()),
    source_account: transaction.source,
    operation_source: actor,
    sequence_number: transaction.sequence,
    fee_bid_stroops: transaction.fee,
    max_ledger: transaction.ledgerBounds?.maxLedger ?? 0,
    max_time_seconds: Number(transaction.timeBounds?.maxTime ?? 0),
    ...memo,
    operations,
  }
}

/** What the bytes of an envelope say about the transaction inside; a fee bump around it does not matter. */
export type OpenedEnvelope = {
  readonly tx_hash: string
  /** The account itself, also where the transaction names it with a number behind it (M…). */
  readonly source_account: string
  readonly sequence_number: string
  /** Whether one of the signatures is a valid one of an account. The network looks at the hint of a signature first, and so does this. */
  isSignedBy(account: string): boolean
  /**
   * Whether every signature can be one of a key. A transaction signed beforehand has none, and what opens a hash is of another length: no
   * key tells who made them.
   */
  readonly isSignedByKeys: boolean
}

/** Opens an envelope, and the one in a fee bump; null when it cannot be read. */
export function openEnvelope(envelopeXdr: string, networkPassphrase: string): OpenedEnvelope | null {
  const transaction = readEnvelope(envelopeXdr, networkPassphrase)
  if (transaction === null) return null
  const inner = transaction instanceof FeeBumpTransaction ? transaction.innerTransaction : transaction
  const hash = inner.hash()
  return {
    tx_hash: hexOf(hash),
    source_account: extractBaseAddress(inner.source),
    sequence_number: inner.sequence,
    isSignedBy: (account) => {
      const key = Keypair.fromPublicKey(account)
      const expectedHint = hexOf(key.signatureHint())
      return inner.signatures.some(
        ({ hint, signature }) => hexOf(hint.toBytes()) === expectedHint && key.verify(hash, signature),
      )
    },
    isSignedByKeys:
      inner.signatures.length > 0 && inner.signatures.every(({ signature }) => signature.toBytes().length === 64),
  }
}

/** The hash of the inner transaction of an envelope, which stays the same however it is signed or fee-bumped; null when it cannot be read. */
export function innerHashOf(envelopeXdr: string, networkPassphrase: string): string | null {
  return openEnvelope(envelopeXdr, networkPassphrase)?.tx_hash ?? null
}

/** The transaction of an envelope, or null when the text is not one. */
export function readEnvelope(envelopeXdr: string, networkPassphrase: string): Transaction | FeeBumpTransaction | null {
  try {
    return TransactionBuilder.fromXdr(envelopeXdr, networkPassphrase)
  } catch {
    return null
  }
}

/** Bytes as lower-case hex, as Horizon writes hashes. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function hasForeignPreconditions(transaction: Transaction): boolean {
  return (
    (transaction.timeBounds !== undefined && transaction.timeBounds.minTime !== '0') ||
    (transaction.ledgerBounds !== undefined && transaction.ledgerBounds.minLedger !== 0) ||
    transaction.minAccountSequence !== undefined ||
    (transaction.minAccountSequenceAge ?? 0n) !== 0n ||
    (transaction.minAccountSequenceLedgerGap ?? 0) !== 0 ||
    (transaction.extraSigners?.length ?? 0) !== 0
  )
}

function memoOf(transaction: Transaction): Pick<TransactionDescription, 'memo_type' | 'memo'> | undefined {
  const { type, value } = transaction.memo
  if (type === 'none') return { memo_type: null, memo: null }
  if (value === null) return undefined
  if (type === 'id' && typeof value === 'string') return { memo_type: 'id', memo: value }
  if (type !== 'text') return undefined
  return { memo_type: 'text', memo: typeof value === 'string' ? value : new TextDecoder().decode(value) }
}

/**
 * The one account for which all operations act; null when they differ. PayD names it in every operation where it is not the source
 * account, and in none where it is, so that one meaning has one spelling.
 */
function actorOf({ source, operations }: Transaction): string | null {
  const [first, ...others] = operations
  const named = first?.source
  if (named === source || others.some((operation) => operation.source !== named)) return null
  return named ?? source
}

function describeOperation(operation: OperationRecord, actor: string): OperationDescription | null {
  if (operation.type === 'payment') {
    return {
      operation_type: 'payment',
      destination: operation.destination,
      ...describeAsset(operation.asset),
      amount: operation.amount,
    }
  }
  if (operation.type === 'createAccount') {
    return {
      operation_type: 'create_account',
      destination: operation.destination,
      asset_code: 'XLM',
      asset_issuer: '',
      amount: operation.startingBalance,
    }
  }
  if (operation.type === 'createClaimableBalance') return describeClaimable(operation, actor)
  if (operation.type === 'claimClaimableBalance') {
    return { operation_type: 'claim_claimable_balance', claimable_balance_id: operation.balanceId }
  }
  return null
}

/** Only with the two claimants that PayD gives a balance: its payee without condition, and the payer from a time on. */
function describeClaimable(
  operation: Extract<OperationRecord, { type: 'createClaimableBalance' }>,
  actor: string,
): ClaimableDescription | null {
  const [payee, payer, ...others] = operation.claimants
  if (payee === undefined || payer === undefined || others.length > 0 || payer.destination !== actor) return null
  if (payee.predicate.type !== 'claimPredicateUnconditional') return null
  const condition = payer.predicate.type === 'claimPredicateNot' ? payer.predicate.notPredicate : null
  if (condition?.type !== 'claimPredicateBeforeAbsoluteTime') return null
  return {
    operation_type: 'create_claimable_balance',
    destination: payee.destination,
    ...describeAsset(operation.asset),
    amount: operation.amount,
    reclaimable_at_seconds: Number(condition.absBefore),
  }
}

function describeAsset(asset: Asset): { readonly asset_code: string; readonly asset_issuer: string } {
  return asset.isNative()
    ? { asset_code: 'XLM', asset_issuer: '' }
    : { asset_code: asset.code, asset_issuer: asset.issuer ?? '' }
}
