/** The head of an answer. Header names are lower-case; values of the same name are joined. */
export type AnswerHead = {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly isHttp11: boolean
}

/** An answer as far as it was read. */
export type HttpAnswer = AnswerHead & {
  readonly body: Uint8Array
  /** Whether the connection can carry the next request: the answer ended exactly where it said. */
  readonly isReusable: boolean
}

/** What is no answer of HTTP/1.1, or one that two readers would read in two ways. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
}

/** The connection ended before the answer did. */
export class EarlyEnd extends Error {
  override readonly name = 'EarlyEnd'
  constructor() {
    super('The connection ended before the answer was complete.')
  }
}

/** More bytes, or null at the end. */
export type ReadMore = () => Promise<Uint8Array | null>

const MAX_HEAD_BYTES = 16_384
const MAX_INTERIM_ANSWERS = 8
/** What every answer begins with: HTTP/1. */
const HTTP = [72, 84, 84, 80, 47, 49]
const END_OF_HEAD = [13, 10, 13, 10]
const LENGTH = /^[0-9]{1,15}$/
const NO_BYTES = new Uint8Array()

/** An answer that came in one piece, as most do; null for every other one, which has to be read piece by piece. */
export function wholeAnswer(bytes: Uint8Array, maxBodyBytes: number): HttpAnswer | null {
  const end = indexOf(bytes, END_OF_HEAD, 0)
  if (end < 0) return null
  const head = parseHead(latin1(bytes.subarray(0, end)))
  const size = sizeOf(head)
  const start = end + END_OF_HEAD.length
  if (head.status < 200 || size === null || size > maxBodyBytes || start + size > bytes.length) return null
  const body = size === 0 ? NO_BYTES : bytes.slice(start, start + size)
  return { ...head, body, isReusable: isKept(head) && start + size === bytes.length }
}

/** What stands between the head of an answer and the end that its head names; null where the head does not name it plainly. */
function sizeOf({ status, headers }: AnswerHead): number | null {
  if (status === 204 || status === 304) return 0
  const length = headers.get('content-length')
  if (length === undefined || !LENGTH.test(length) || headers.has('transfer-encoding')) return null
  return Number(length)
}

/**
 * Reads one answer of HTTP/1.1 that begins with these bytes, and at most `maxBodyBytes` of its body. Interim answers are skipped, a
 * few of them; lengths that contradict each other, lengths beside chunks and heads without end are refused.
 */
export async function readAnswer(first: Uint8Array, read: ReadMore, maxBodyBytes: number): Promise<HttpAnswer> {
  const source = bufferOf(first, read)
  for (let interim = 0; interim <= MAX_INTERIM_ANSWERS; interim++) {
    const head = parseHead(await source.head())
    if (head.status === 101) throw new MalformedAnswer('The endpoint switched to another protocol.')
    if (head.status >= 200) return readBody(source, head, maxBodyBytes)
  }
  throw new MalformedAnswer('The endpoint sent too many interim answers.')
}

type Source = ReturnType<typeof bufferOf>

function isKept(head: AnswerHead): boolean {
  return head.isHttp11 && !/\bclose\b/i.test(head.headers.get('connection') ?? '')
}

async function readBody(source: Source, head: AnswerHead, maxBytes: number): Promise<HttpAnswer> {
  if (head.status === 204 || head.status === 304) {
    return { ...head, body: NO_BYTES, isReusable: isKept(head) && source.isEmpty() }
  }
  const length = head.headers.get('content-length')
  const coding = head.headers.get('transfer-encoding')
  if (coding !== undefined) {
    if (length !== undefined) throw new MalformedAnswer('The answer has a length and chunks.')
    if (coding.trim().toLowerCase() !== 'chunked') throw new MalformedAnswer('The transfer encoding is not known.')
    const { body, isWhole } = await readChunks(source, maxBytes)
    return { ...head, body, isReusable: isKept(head) && isWhole && source.isEmpty() }
  }
  if (length === undefined) return { ...head, body: await source.upTo(maxBytes, true), isReusable: false }
  if (!LENGTH.test(length)) throw new MalformedAnswer('The length of the answer is no number.')
  const size = Number(length)
  const body = await source.upTo(Math.min(size, maxBytes), false)
  return { ...head, body, isReusable: isKept(head) && size <= maxBytes && source.isEmpty() }
}

async function readChunks(source: Source, maxBytes: number): Promise<{ body: Uint8Array; isWhole: boolean }> {
  const parts: Uint8Array[] = []
  let size = 0
  while (true) {
    const line = await source.line()
    const digits = /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/.exec(line)?.[1]
    if (digits === undefined) throw new MalformedAnswer('The size of a chunk is no number.')
    const chunk = Number.parseInt(digits, 16)
    if (chunk === 0) {
      // Trailers say nothing that is needed; they count as part of a head.
      for (let trailers = 0; trailers < 32; trailers++) {
        if ((await source.line()) === '') return { body: joined(parts, size), isWhole: true }
      }
      throw new MalformedAnswer('The answer has too many trailers.')
    }
    const wanted = Math.min(chunk, maxBytes - size)
    parts.push(await source.upTo(wanted, false))
    size += wanted
    if (wanted < chunk || size >= maxBytes) return { body: joined(parts, size), isWhole: false }
    if ((await source.line()) !== '') throw new MalformedAnswer('A chunk is longer than it says.')
  }
}

/** Bytes that were received and not yet read. */
function bufferOf(first: Uint8Array, read: ReadMore) {
  let buffer = new Uint8Array(first)
  const more = async (): Promise<boolean> => {
    const bytes = await read()
    if (bytes === null || bytes.length === 0) return false
    buffer = buffer.length === 0 ? new Uint8Array(bytes) : joined([buffer, bytes], buffer.length + bytes.length)
    return true
  }
  const take = (count: number): Uint8Array => {
    const taken = buffer.subarray(0, count)
    buffer = buffer.subarray(count)
    return taken
  }
  /** The bytes before a mark, which is taken as well. */
  const until = async (mark: readonly number[]): Promise<Uint8Array> => {
    let from = 0
    while (true) {
      const at = indexOf(buffer, mark, from)
      if (at >= 0) {
        const taken = take(at)
        take(mark.length)
        return taken
      }
      if (buffer.length > MAX_HEAD_BYTES) throw new MalformedAnswer('The head of the answer has no end.')
      from = Math.max(0, buffer.length - mark.length + 1)
      if (!(await more())) throw new EarlyEnd()
    }
  }
  return {
    isEmpty: () => buffer.length === 0,
    head: async () => {
      // Another protocol is known by its first bytes; its end would only be waited for.
      while (buffer.length < HTTP.length) if (!(await more())) throw new EarlyEnd()
      if (HTTP.some((byte, at) => buffer[at] !== byte)) throw new MalformedAnswer('The answer is not HTTP/1.1.')
      return latin1(await until(END_OF_HEAD))
    },
    line: async () => latin1(await until([13, 10])),
    /** So many bytes; fewer only where the end of the connection may end them. */
    upTo: async (count: number, mayEnd: boolean): Promise<Uint8Array> => {
      const parts: Uint8Array[] = []
      let size = 0
      while (size < count) {
        if (buffer.length === 0 && !(await more())) {
          if (mayEnd) break
          throw new EarlyEnd()
        }
        const part = take(Math.min(count - size, buffer.length))
        parts.push(part)
        size += part.length
      }
      return joined(parts, size)
    },
  }
}

function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n')
  const start = /^HTTP\/1\.([01]) ([1-5][0-9]{2})(?: .*)?$/.exec(first)
  if (start === null) throw new MalformedAnswer('The answer is not HTTP/1.1.')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line)
    if (field === null) throw new MalformedAnswer('A header of the answer is malformed.')
    const [, name = '', value = ''] = field
    const key = name.toLowerCase()
    const known = headers.get(key)
    if (key === 'content-length' && known !== undefined && known !== value) {
      throw new MalformedAnswer('The answer has two lengths.')
    }
    headers.set(key, known === undefined || key === 'content-length' ? value : `${known}, ${value}`)
  }
  return { status: Number(start[2]), headers, isHttp11: start[1] === '1' }
}

function indexOf(bytes: Uint8Array, mark: readonly number[], from: number): number {
  for (let at = bytes.indexOf(mark[0] ?? 0, from); at >= 0; at = bytes.indexOf(mark[0] ?? 0, at + 1)) {
    if (mark.every((byte, offset) => bytes[at + offset] === byte)) return at
  }
  return -1
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function latin1(bytes: Uint8Array): string {
  // To spread the bytes would take twelve times as long.
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}
