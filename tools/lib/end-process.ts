import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, type ProcessIdentity } from './process-identity.ts'

const PROBE_EVERY_MS = 20

/** Asks a process to end, insists with SIGKILL once `graceMs` have passed, and resolves when it has ended. */
export async function endProcess(process: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  send(process.pid, signal)
  const deadline = Date.now() + graceMs
  while (isRunning(process)) {
    if (Date.now() > deadline) send(process.pid, 'SIGKILL')
    await delay(PROBE_EVERY_MS)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // The process has ended in this moment, which is what was wanted.
  }
}
