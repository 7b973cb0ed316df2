import { isAccountId } from '../core/addresses.ts'
import { isAssetKey } from '../core/assets.ts'
import { invalidField } from '../http/problem.ts'
import type { FalseEnvelope, Fault, Harm, HarmOf, Stage, Where } from './fault.ts'

type Fields = Readonly<Record<string, unknown>>

/** The fault in a JSON object. Throws 400 with the name of the field that is wrong. */
export function parseFault(fields: Fields): Fault {
  const { kind } = fields
  const parse = typeof kind === 'string' ? KINDS.get(kind) : undefined
  if (!parse) throw invalidField('kind', `kind must be one of ${[...KINDS.keys()].join(', ')}`)
  const fault = { ...whereOf(fields), ...parse(fields) }
  const unknown = Object.keys(fields).find((name) => !(name in fault))
  if (unknown !== undefined) throw invalidField(unknown, `a fault of the kind ${String(kind)} has no field ${unknown}`)
  return fault
}

function whereOf(fields: Fields): Where {
  const { route, contains, count, skip, every, chance, seed } = fields
  return {
    ...(route !== undefined && { route: routeOf(route) }),
    ...(contains !== undefined && { contains: text('contains', contains) }),
    ...(count !== undefined && { count: count === 'forever' ? count : whole('count', count, 1, 1_000_000) }),
    ...(skip !== undefined && { skip: whole('skip', skip, 0, 1_000_000) }),
    ...(every !== undefined && { every: whole('every', every, 1, 1000) }),
    ...(chance !== undefined && { chance: share(chance) }),
    ...(seed !== undefined && { seed: text('seed', seed) }),
  }
}

const GROUPS = ['**', 'reads', 'submissions', 'horizon', 'rpc']

function routeOf(value: unknown): string {
  const route = text('route', value)
  if (GROUPS.includes(route) || route.startsWith('/') || /^rpc:\w+$/.test(route)) return route
  throw invalidField('route', `route must be ${GROUPS.join(', ')}, rpc:<method>, or a path such as /accounts/*`)
}

const BODY_BYTES = 1_000_000_000

const KINDS: ReadonlyMap<string, (fields: Fields) => Harm> = new Map<string, (fields: Fields) => Harm>([
  ['status', statusOf],
  ['reset', ({ stage }) => ({ kind: 'reset', ...stageOf(stage) })],
  ['hang', ({ stage }) => ({ kind: 'hang', ...stageOf(stage) })],
  ['cut', ({ bytes }) => ({ kind: 'cut', ...optionalBytes(bytes) })],
  ['stall', ({ bytes }) => ({ kind: 'stall', ...optionalBytes(bytes) })],
  [
    'slow',
    ({ bytes, everyMs }) => ({
      kind: 'slow',
      bytes: whole('bytes', bytes, 1, BODY_BYTES),
      everyMs: whole('everyMs', everyMs, 0, 600_000),
    }),
  ],
  ['huge', ({ bytes }) => ({ kind: 'huge', bytes: whole('bytes', bytes, 1, BODY_BYTES) })],
  ['truncate', ({ bytes }) => ({ kind: 'truncate', ...optionalBytes(bytes) })],
  ['damage', ({ bytes }) => ({ kind: 'damage', ...optionalBytes(bytes) })],
  [
    'text',
    ({ text: value, contentType }) => ({
      kind: 'text',
      text: text('text', value),
      ...(contentType !== undefined && { contentType: text('contentType', contentType) }),
    }),
  ],
  [
    'header',
    ({ name, value }) => ({
      kind: 'header',
      name: text('name', name),
      value: value === null ? null : text('value', value),
    }),
  ],
  ['reorder', () => ({ kind: 'reorder' })],
  ['duplicate', ({ records }) => ({ kind: 'duplicate', ...optionalRecords(records) })],
  ['drop', ({ records }) => ({ kind: 'drop', ...optionalRecords(records) })],
  ['short', ({ keep }) => ({ kind: 'short', keep: whole('keep', keep, 0, 200) })],
  ['loop', () => ({ kind: 'loop' })],
  ['replace', replaceOf],
  ['remove', ({ path }) => ({ kind: 'remove', path: pointer(path) })],
  ['balance', balanceOf],
  ['latest-ledger', ({ ledger }) => ({ kind: 'latest-ledger', ledger: whole('ledger', ledger, 0, 2 ** 53 - 1) })],
  ['stale', ({ ledgers }) => ({ kind: 'stale', ledgers: whole('ledgers', ledgers, 1, 255) })],
  [
    'frozen',
    ({ ledger }) => ({
      kind: 'frozen',
      ...(ledger !== undefined && { ledger: whole('ledger', ledger, 1, 4_294_967_295) }),
    }),
  ],
  ['reaped', ({ elder }) => ({ kind: 'reaped', elder: whole('elder', elder, 1, 4_294_967_295) })],
  ['pretend-applied', () => ({ kind: 'pretend-applied' })],
  ['pretend-failed', ({ hash }) => ({ kind: 'pretend-failed', hash: hashOf(hash) })],
  ['hide', ({ hash }) => ({ kind: 'hide', hash: hashOf(hash) })],
  ['holder', holderOf],
])

/** Every kind of fault. */
export const FAULT_KINDS: readonly string[] = [...KINDS.keys()]

function statusOf({ status, retryAfter, stage }: Fields): HarmOf<'status'> {
  return {
    kind: 'status',
    status: whole('status', status, 200, 599),
    ...(retryAfter !== undefined && { retryAfter: text('retryAfter', String(retryAfter)) }),
    ...stageOf(stage),
  }
}

function replaceOf(fields: Fields): HarmOf<'replace'> {
  if (!('value' in fields)) throw invalidField('value', 'value must be there; null is a value')
  return { kind: 'replace', path: pointer(fields.path), value: fields.value }
}

function balanceOf({ value, account, asset }: Fields): HarmOf<'balance'> {
  if (asset !== undefined && !(typeof asset === 'string' && isAssetKey(asset))) {
    throw invalidField('asset', 'asset must be native or CODE:ISSUER')
  }
  return {
    kind: 'balance',
    value: text('value', value),
    ...(account !== undefined && { account: accountId('account', account) }),
    ...(asset !== undefined && { asset }),
  }
}

const FALSE_ENVELOPES: readonly FalseEnvelope[] = ['text', 'unsigned', 'wrong-signer', 'wrong-hash', 'replayed']

function holderOf({ account, sequence, envelope }: Fields): HarmOf<'holder'> {
  if (typeof sequence !== 'string' || !/^\d{1,19}$/.test(sequence)) {
    throw invalidField('sequence', 'sequence must be a text of digits')
  }
  const known = FALSE_ENVELOPES.find((name) => name === envelope)
  if (envelope !== undefined && known === undefined) {
    throw invalidField('envelope', `envelope must be one of ${FALSE_ENVELOPES.join(', ')}`)
  }
  return {
    kind: 'holder',
    account: accountId('account', account),
    sequence,
    ...(known !== undefined && { envelope: known }),
  }
}

function stageOf(value: unknown): { stage?: Stage } {
  if (value === undefined) return {}
  if (value === 'before' || value === 'after') return { stage: value }
  throw invalidField('stage', 'stage must be "before" or "after"')
}

function optionalBytes(value: unknown): { bytes?: number } {
  return value === undefined ? {} : { bytes: whole('bytes', value, 0, BODY_BYTES) }
}

function optionalRecords(value: unknown): { records?: number } {
  return value === undefined ? {} : { records: whole('records', value, 1, 200) }
}

function pointer(value: unknown): string {
  if (typeof value === 'string' && value.startsWith('/')) return value
  throw invalidField('path', 'path must be a JSON pointer such as /balances/0/balance; * stands for every element')
}

function hashOf(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value
  throw invalidField('hash', 'hash must be 64 lower-case hexadecimal characters')
}

function accountId(field: string, value: unknown): string {
  if (typeof value === 'string' && isAccountId(value)) return value
  throw invalidField(field, `${field} must be a G… address`)
}

function text(field: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw invalidField(field, `${field} must be a text`)
}

function share(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw invalidField('chance', 'chance must be a number from 0 to 1')
}

/** A whole number in a range. Throws 400 when it is not one. */
export function whole(field: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw invalidField(field, `${field} must be a whole number from ${least} to ${most}`)
}
