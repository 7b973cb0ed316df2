/** A random key. Pages that are not served by https have no `crypto.randomUUID`, and a few runtimes no `crypto`. */
export function randomKey(): string {
  // The key only has to differ from the caller's other keys; it is no secret.
  return globalThis.crypto?.randomUUID?.() ?? `${Math.random()}${Math.random()}`.replaceAll('.', '')
}
