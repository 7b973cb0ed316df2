import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

/**
 * What the name server says to one question:
 * addresses (those that fit the type asked for), an alias, a refusal by code, nothing at all, an answer with another
 * transaction number, an answer cut short with the truncation flag, bytes that are no answer, or an alias of itself.
 */
export type DnsAnswer =
  | readonly string[]
  | { readonly alias: string; readonly addresses?: readonly string[] }
  | 'no-such-name'
  | 'server-failure'
  | 'refused'
  | 'silence'
  | 'other-number'
  | 'truncated'
  | 'garbage'
  | 'alias-loop'

/** A question that the server got. */
export type DnsQuestion = { readonly name: string; readonly type: 'A' | 'AAAA' | 'other' }

/** A name server on UDP on this machine. */
export type HostileDns = AsyncDisposable & {
  readonly host: string
  readonly port: number
  readonly questions: readonly DnsQuestion[]
  close(): Promise<void>
}

/**
 * Starts a name server that lies as it is told. A name has one list of answers per type of question: each question takes the next
 * one, and the last one stays. `[['93.184.216.34'], ['127.0.0.1']]` is a rebinding; names that are not told of do not exist.
 *
 * @example
 * await using dns = await hostileDns({ 'hooks.example.org': [['93.184.216.34'], ['127.0.0.1']] })
 * await Deno.resolveDns('hooks.example.org', 'A', { nameServer: { ipAddr: dns.host, port: dns.port } })
 */
export async function hostileDns(names: Readonly<Record<string, readonly DnsAnswer[]>>): Promise<HostileDns> {
  const socket = createSocket('udp4')
  const questions: DnsQuestion[] = []
  const asked = new Map<string, number>()
  socket.on('message', (message, peer) => {
    const question = readQuestion(message)
    if (!question) return
    questions.push({ name: question.name, type: question.type })
    const script = names[question.name] ?? ['no-such-name']
    const key = `${question.name} ${question.type}`
    const turn = asked.get(key) ?? 0
    asked.set(key, turn + 1)
    const answer = script[Math.min(turn, script.length - 1)] ?? 'no-such-name'
    const reply = replyTo(question, answer)
    if (reply) socket.send(reply, peer.port, peer.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => socket.close(() => resolve()))
    return closing
  }
  return { host: '127.0.0.1', port: socket.address().port, questions, close, [Symbol.asyncDispose]: close }
}

type Question = DnsQuestion & { readonly id: number; readonly raw: Buffer; readonly typeNumber: number }

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const
const CODES = { 'server-failure': 2, 'no-such-name': 3, refused: 5 } as const

function readQuestion(message: Buffer): Question | null {
  if (message.length < 17) return null
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString('latin1'))
    at += length + 1
  }
  const typeNumber = message.readUInt16BE(at + 1)
  const type = typeNumber === TYPES.A ? 'A' : typeNumber === TYPES.AAAA ? 'AAAA' : 'other'
  const name = labels.join('.').toLowerCase()
  return { id: message.readUInt16BE(0), name, type, typeNumber, raw: message.subarray(12, at + 5) }
}

function replyTo(question: Question, answer: DnsAnswer): Buffer | null {
  switch (answer) {
    case 'silence':
      return null
    case 'garbage':
      return Buffer.concat([header(question, { records: 200 }), question.raw, Buffer.alloc(40, 0xff)])
    case 'other-number':
      return Buffer.concat([header({ ...question, id: question.id ^ 1 }, { records: 0 }), question.raw])
    case 'truncated':
      return Buffer.concat([header(question, { records: 0, truncated: true }), question.raw])
    case 'alias-loop':
      return withRecords(question, [record(TYPES.CNAME, nameBytes(question.name))])
    case 'no-such-name':
    case 'server-failure':
    case 'refused':
      return Buffer.concat([header(question, { records: 0, code: CODES[answer] }), question.raw])
    default:
      return 'alias' in answer
        ? withRecords(question, [
            record(TYPES.CNAME, nameBytes(answer.alias)),
            ...(answer.addresses ?? []).flatMap((address) => addressRecord(question, address, nameBytes(answer.alias))),
          ])
        : withRecords(
            question,
            answer.flatMap((address) => addressRecord(question, address)),
          )
  }
}

function header(
  { id }: { readonly id: number },
  options: { readonly records: number; readonly truncated?: boolean; readonly code?: number },
): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16BE(id, 0)
  bytes.writeUInt16BE(0x8180 | (options.truncated ? 0x0200 : 0) | (options.code ?? 0), 2)
  bytes.writeUInt16BE(1, 4)
  bytes.writeUInt16BE(options.records, 6)
  return bytes
}

function withRecords(question: Question, records: readonly Buffer[]): Buffer {
  return Buffer.concat([header(question, { records: records.length }), question.raw, ...records])
}

// A pointer to the name in the question.
const ASKED_NAME = Buffer.from([0xc0, 0x0c])

/** One record that lives for zero seconds, so that no resolver remembers it. */
function record(type: number, data: Buffer, name: Buffer = ASKED_NAME): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([name, head, data])
}

function addressRecord({ type }: Question, address: string, name: Buffer = ASKED_NAME): Buffer[] {
  const isSix = isIPv6(address)
  if ((type === 'AAAA') !== isSix || type === 'other') return []
  const data = isSix ? sixBytes(address) : Buffer.from(address.split('.').map(Number))
  return [record(isSix ? TYPES.AAAA : TYPES.A, data, name)]
}

/** The sixteen bytes of an IPv6 address. */
function sixBytes(address: string): Buffer {
  // The URL parser writes the shortest form, also of addresses that end with an IPv4 address.
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [left = '', right] = shortest.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16))
  const head = groups(left)
  const tail = groups(right ?? '')
  const all = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
  const bytes = Buffer.alloc(16)
  for (const [index, group] of all.entries()) bytes.writeUInt16BE(group, index * 2)
  return bytes
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}
