import { createContext, Script } from 'node:vm'
import { type OutputChunk, rolldown } from 'rolldown'

/** The code of an app, in one file, as bundlers of runtimes without Node.js make it. */
export async function bundleOf(input: string, conditionNames: readonly string[]): Promise<string> {
  const bundle = await rolldown({
    input,
    platform: 'neutral',
    resolve: { conditionNames: [...conditionNames, 'import', 'default'], mainFields: ['module', 'main'] },
    onLog: (level, log) => {
      if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    },
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'app', codeSplitting: false })
  await bundle.close()
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk')
  if (chunks.length !== 1) throw new Error(`The bundle has ${chunks.length} files.`)
  return chunks[0]?.code ?? ''
}

const WEB = [
  ...['AbortController', 'AbortSignal', 'Blob', 'DOMException', 'Event', 'EventTarget', 'FormData', 'Headers'],
  ...['ReadableStream', 'Request', 'Response', 'TextDecoder', 'TextEncoder', 'TransformStream', 'URL'],
  ...['URLSearchParams', 'WebSocket', 'WritableStream', 'atob', 'btoa', 'clearInterval', 'clearTimeout', 'console'],
  ...['crypto', 'fetch', 'queueMicrotask', 'setInterval', 'setTimeout', 'structuredClone'],
] as const

/** What Workers have: the interfaces of the web, and nothing of Node.js. */
export const WORKER: Readonly<Record<string, unknown>> = Object.fromEntries(
  WEB.map((name) => [name, (globalThis as Readonly<Record<string, unknown>>)[name]]),
)

/** What React Native has with a polyfill of WebCrypto: no DOMException, no crypto.randomUUID, no streams. */
export const REACT_NATIVE: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.entries(WORKER).filter(([name]) => !/^DOMException$|Stream$/.test(name))),
  crypto: { subtle: crypto.subtle, getRandomValues: crypto.getRandomValues.bind(crypto) },
  navigator: { product: 'ReactNative' },
}

/** What `use()` of a bundle gives in a runtime that has these globals only. */
export async function useIn(globals: Readonly<Record<string, unknown>>, code: string): Promise<string> {
  const context = createContext({ ...globals })
  new Script(`${code}\nglobalThis.answer = app.use()`).runInContext(context)
  return await (context as { readonly answer: Promise<string> }).answer
}
