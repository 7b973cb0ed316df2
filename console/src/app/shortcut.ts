import { useEffect } from 'react'

/** Calls for Ctrl-K, ⌘K, and "/" outside of fields. */
export function useShortcut(onOpen: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isTyping = (event.target as HTMLElement).closest('input, textarea, select, [contenteditable]') !== null
      const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
      if (!isCommand && (event.key !== '/' || isTyping)) return
      event.preventDefault()
      onOpen()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  })
}
