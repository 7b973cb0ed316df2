import { failWith, json, type Reply } from '../http/reply.ts'
import type { Services } from '../services.ts'
import { RpcError } from './error.ts'
import { RPC_METHODS } from './methods.ts'

/** Answers one JSON-RPC request; batches are not offered, as Stellar RPC offers none. */
export function answerRpc(services: Services, base: string, body: string): Reply {
  const request = parseRequest(body)
  if (!request) return errorReply(null, new RpcError(-32700, 'The body is not a JSON-RPC 2.0 request.'))
  const method = RPC_METHODS.get(request.method)
  if (!method) return errorReply(request.id, new RpcError(-32601, `method not found: ${request.method}`))
  const isSubmission = request.method === 'sendTransaction'
  const before = isSubmission ? services.faults.takeSubmissionFailure('before') : services.faults.takeReadFailure()
  if (before !== null) return failWith(before)
  try {
    const result = method(services, request.params, base)
    const after = isSubmission ? services.faults.takeSubmissionFailure('after') : null
    if (after !== null) return failWith(after)
    return json({ jsonrpc: '2.0', id: request.id, result })
  } catch (error) {
    if (error instanceof RpcError) return errorReply(request.id, error)
    throw error
  }
}

type Request = {
  readonly id: unknown
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

function parseRequest(body: string): Request | null {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || !('method' in value) || typeof value.method !== 'string') {
    return null
  }
  const params = 'params' in value && isRecord(value.params) ? value.params : {}
  return { id: 'id' in value ? value.id : null, method: value.method, params }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function errorReply(id: unknown, { code, message }: RpcError): Reply {
  return json({ jsonrpc: '2.0', id, error: { code, message } })
}
