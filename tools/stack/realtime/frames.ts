/** One message of the protocol of Phoenix channels. */
export type Frame = {
  readonly joinRef: string | null
  readonly ref: string | null
  readonly topic: string
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** The two versions of the protocol that realtime-js speaks: objects in the first, lists and binary pushes in the second. */
export type Version = '1.0.0' | '2.0.0'

/** The text of a frame. */
export function encodeFrame(version: Version, { joinRef, ref, topic, event, payload }: Frame): string {
  return JSON.stringify(
    version === '2.0.0' ? [joinRef, ref, topic, event, payload] : { topic, event, payload, ref, join_ref: joinRef },
  )
}

/** The frame of a text or a binary push, or nothing when it is none. */
export function decodeFrame(data: Buffer, isBinary: boolean): Frame | undefined {
  try {
    return isBinary ? decodePush(data) : decodeText(JSON.parse(data.toString('utf8')))
  } catch {
    return undefined
  }
}

function decodeText(message: unknown): Frame | undefined {
  const [joinRef, ref, topic, event, payload] = Array.isArray(message) ? message : fieldsOf(message)
  if (typeof topic !== 'string' || typeof event !== 'string') return undefined
  const fields = typeof payload === 'object' && payload !== null ? (payload as Frame['payload']) : {}
  return { joinRef: textOrNull(joinRef), ref: textOrNull(ref), topic, event, payload: fields }
}

function fieldsOf(message: unknown): unknown[] {
  const { join_ref, ref, topic, event, payload } = (message ?? {}) as Record<string, unknown>
  return [join_ref, ref, topic, event, payload]
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What an app sends itself (kind 3): only its head is read, because apps may not send here. */
function decodePush(data: Buffer): Frame | undefined {
  const [kind, joinRefSize = 0, refSize = 0, topicSize = 0] = data
  if (kind !== 3) return undefined
  const text = (from: number, size: number): string => data.subarray(from, from + size).toString('utf8')
  const start = 7
  return {
    joinRef: text(start, joinRefSize),
    ref: text(start + joinRefSize, refSize),
    topic: text(start + joinRefSize + refSize, topicSize),
    event: 'broadcast',
    payload: {},
  }
}
