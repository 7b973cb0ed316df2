import { failureOf } from '../faults/registry.ts'
import { failWith, json, type Reply } from '../http/reply.ts'
import type { Context } from '../services.ts'
import { RpcError } from './error.ts'
import { RPC_METHODS } from './methods.ts'

/** Answers one JSON-RPC request; batches are not offered, as Stellar RPC offers none. */
export function answerRpc(context: Context, base: string, body: string): Reply {
  const request = parseRpc(body)
  if (!request) return errorReply(null, new RpcError(-32700, 'The body is not a JSON-RPC 2.0 request.'))
  const method = RPC_METHODS.get(request.method)
  if (!method) return errorReply(request.id, new RpcError(-32601, `method not found: ${request.method}`))
  try {
    const result = method(context, request.params, base)
    const failure = failureOf(context.strikes)
    if (failure) return failWith(failure)
    return json({ jsonrpc: '2.0', id: request.id, result })
  } catch (error) {
    if (error instanceof RpcError) return errorReply(request.id, error)
    throw error
  }
}

/** A JSON-RPC request. */
export type RpcRequest = {
  readonly id: unknown
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** The request in a body, or null when it is none. */
export function parseRpc(body: string): RpcRequest | null {
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
