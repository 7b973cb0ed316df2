import { useCallback, useEffect, useRef } from 'react'

/** The idempotency key of what a form sends. */
export type KeyOf = (...content: readonly unknown[]) => string

/**
 * The key of the command that a form gives: one for each content, from the opening of the form to the next one. Pressing twice, or again
 * after a lost answer, is the same command, and is done once; another content, or the same one in a form that was opened anew, is another.
 */
export function useCommandKey(isOpen = true): KeyOf {
  const keys = useRef(keysByContent())
  useEffect(() => {
    // Not when it closes: a second press may still arrive while the form fades out.
    if (isOpen) keys.current = keysByContent()
  }, [isOpen])
  return useCallback((...content) => keys.current(...content), [])
}

/** A key for each content; a content that was left and comes back has the key that it had. */
function keysByContent(): KeyOf {
  const keys = new Map<string, string>()
  return (...content) => {
    const text = JSON.stringify(content)
    const key = keys.get(text) ?? randomKey()
    keys.set(text, key)
    return key
  }
}

/** Not randomUUID(), which browsers have on https and on this machine only. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
