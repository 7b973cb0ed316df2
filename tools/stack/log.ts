import { appendFileSync } from 'node:fs'

/** A log that appends one dated line per sentence to a file. A line that cannot be written is lost, never an error. */
export function fileLog(path: string): (sentence: string) => void {
  return (sentence) => {
    try {
      appendFileSync(path, `${new Date().toISOString()} ${sentence}\n`, { mode: 0o600 })
    } catch {
      // The folder is gone or the disk is full; the stack goes on.
    }
  }
}
