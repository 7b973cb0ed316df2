import { Contract, StrKey, scValToNative, xdr } from '@stellar/stellar-sdk/base'

/** Any value of JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

const MAX_DEPTH = 20

/**
 * A value of a contract as JSON: numbers of 64 bits and more are exact texts, bytes are hexadecimal, addresses are written as
 * everywhere else. Null when the bytes are no value.
 */
export function readContractValue(base64: string): { readonly value: JsonValue } | null {
  try {
    return { value: jsonOf(scValToNative(xdr.ScVal.fromXdr(base64, 'base64')), MAX_DEPTH) }
  } catch {
    return null
  }
}

/** The key of a contract's instance, under which the ledger keeps the hash of its code. Throws for what is no contract. */
export function contractKey(contractId: string): string {
  return new Contract(contractId).getFootprint().toXdr('base64')
}

/** The hash of the code that a contract runs; '' for the contract of an asset, which has none, and null for what cannot be read. */
export function readWasmHash(base64: string): string | null {
  try {
    const data = xdr.LedgerEntryData.fromXdr(base64, 'base64')
    if (data.type !== 'contractData' || data.contractData.val.type !== 'scvContractInstance') return null
    const { executable } = data.contractData.val.instance
    return executable.type === 'contractExecutableWasm' ? executable.wasmHash.toXdr('hex') : ''
  } catch {
    return null
  }
}

/** The accounts that a value names. */
export function accountsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return StrKey.isValidEd25519PublicKey(value) ? [value] : []
  if (value === null || typeof value !== 'object') return []
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(accountsIn)
}

function jsonOf(value: unknown, depth: number): JsonValue {
  if (depth === 0) return '…'
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return value.replaceAll('\u0000', '\ufffd')
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value)
  if (typeof value === 'boolean') return value
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (Array.isArray(value)) return value.map((one) => jsonOf(one, depth - 1))
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, one]) => [
      typeof key === 'string' ? key.replaceAll('\u0000', '\ufffd') : JSON.stringify(jsonOf(key, depth - 1)),
      jsonOf(one, depth - 1),
    ]),
  )
}
