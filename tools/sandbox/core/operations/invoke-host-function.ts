import { createHash } from 'node:crypto'
import { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from '../addresses.ts'
import { contractAddress } from '../entry-xdr.ts'
import { type ContractEntry, keyOf } from '../types.ts'
import { defineOperation, type OperationContext } from './rule.ts'

const CODE = { malformed: -1, trapped: -2 } as const

const failure = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 24, invokeHostFunctionResult: { code } },
})

const success = (hash: Uint8Array): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 24, invokeHostFunctionResult: { code: 0, success: hash } },
})

const VOID: xdr.ScValWire = { type: 1 }

// Entries of contracts live for about half a year of ledgers; the sandbox archives nothing.
const LIFE_LEDGERS = 3_110_400
const MOST_TOPICS = 4

/**
 * InvokeHostFunction without a virtual machine. Code is uploaded and contracts are created as on the network, with the same hashes
 * and ids. A call computes nothing: it emits an event whose topics are the function's name and its first arguments and whose value
 * is the rest; `upgrade` with the hash of uploaded code replaces the code, as a contract does with `update_current_contract_wasm`.
 */
export const invokeHostFunction = defineOperation(24, {
  threshold: 'medium',
  untouched: success(new Uint8Array(32)),
  check: ({ invokeHostFunctionOp: { hostFunction } }) =>
    hostFunction.type === 2 && hostFunction.wasm.length === 0 ? failure(CODE.malformed) : null,
  apply({ invokeHostFunctionOp: { hostFunction } }, context) {
    const events: xdr.ContractEventWire[] = []
    const value = run(hostFunction, context, (event) => events.push(event))
    if (value === null) return failure(CODE.trapped)
    for (const event of events) context.publish(event)
    context.giveBack(value)
    return success(sha256(xdr.InvokeHostFunctionSuccessPreImage.schema.encode({ returnValue: value, events })))
  },
})

/** Runs a host function; null when it traps. */
function run(
  host: xdr.HostFunctionWire,
  context: OperationContext,
  publish: (event: xdr.ContractEventWire) => void,
): xdr.ScValWire | null {
  switch (host.type) {
    case 0:
      return call(host.invokeContract, context, publish)
    case 1:
      return create(host.createContract, context)
    case 2:
      return upload(host.wasm, context)
    case 3:
      return create(host.createContractV2, context)
  }
}

function upload(wasm: Uint8Array, { ledger, ledgerSeq }: OperationContext): xdr.ScValWire {
  const bytes = sha256(wasm)
  const hash = bytes.toString('hex')
  const code = Buffer.from(wasm).toString('base64')
  ledger.set(keyOf.code(hash), { kind: 'code', hash, code, liveUntil: ledgerSeq + LIFE_LEDGERS, modified: 0 })
  return { type: 13, bytes }
}

function create(
  { contractIdPreimage, executable }: xdr.CreateContractArgsWire,
  { ledger, ledgerSeq, networkId, source }: OperationContext,
): xdr.ScValWire | null {
  if (contractIdPreimage.type === 0) {
    const { address } = contractIdPreimage.fromAddress
    const isOwn = address.type === 0 && addressOf(address.accountId.ed25519) === source.id
    if (!isOwn || executable.type !== 0) return null
    if (!ledger.get(keyOf.code(Buffer.from(executable.wasmHash).toString('hex')))) return null
  } else if (executable.type !== 1) return null
  const preimage = xdr.HashIdPreimage.schema.encode({ type: 8, contractId: { networkId, contractIdPreimage } })
  const id = sha256(preimage).toString('hex')
  if (ledger.get(keyOf.contract(id))) return null
  const wasmHash = executable.type === 0 ? Buffer.from(executable.wasmHash).toString('hex') : null
  ledger.set(keyOf.contract(id), { kind: 'contract', id, wasmHash, liveUntil: ledgerSeq + LIFE_LEDGERS, modified: 0 })
  return { type: 18, address: contractAddress(id) }
}

function call(
  { contractAddress: address, functionName, args }: xdr.InvokeContractArgsWire,
  { ledger }: OperationContext,
  publish: (event: xdr.ContractEventWire) => void,
): xdr.ScValWire | null {
  if (address.type !== 1) return null
  const id = Buffer.from(address.contractId).toString('hex')
  const contract = ledger.get(keyOf.contract(id))
  if (contract?.kind !== 'contract') return null
  const name = functionName.toString()
  if (name === 'upgrade') {
    const [hash] = args
    const next = hash?.type === 13 ? Buffer.from(hash.bytes).toString('hex') : ''
    if (args.length !== 1 || contract.wasmHash === null || !ledger.get(keyOf.code(next))) return null
    ledger.set(keyOf.contract(id), { ...contract, wasmHash: next })
    publish(
      eventOf(contract, 0, [symbol('executable_update'), executableVec(contract.wasmHash), executableVec(next)], {
        type: 16,
        vec: [],
      }),
    )
    return VOID
  }
  const topics = args.slice(0, Math.min(MOST_TOPICS, Math.max(1, args.length)) - 1)
  const rest = args.slice(topics.length)
  const [only] = rest
  const data: xdr.ScValWire = rest.length === 0 ? VOID : rest.length === 1 && only ? only : { type: 16, vec: rest }
  publish(eventOf(contract, 1, [symbol(name), ...topics], data))
  return VOID
}

/** An event of a contract: 0 is one of the system, 1 one of its own. */
function eventOf(
  { id }: ContractEntry,
  type: 0 | 1,
  topics: xdr.ScValWire[],
  data: xdr.ScValWire,
): xdr.ContractEventWire {
  return { ext: { v: 0 }, contractId: Buffer.from(id, 'hex'), type, body: { v: 0, v0: { topics, data } } }
}

function symbol(text: string): xdr.ScValWire {
  return { type: 15, sym: new xdr.XdrString(text) }
}

function executableVec(hash: string): xdr.ScValWire {
  return { type: 16, vec: [symbol('Wasm'), { type: 13, bytes: Buffer.from(hash, 'hex') }] }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
