/**
 * The keeper outlives the process that started it by a moment: when that process dies in any way, also by kill -9, the
 * pipe on standard input closes, and the keeper stops the processes and removes the folders it was told to look after.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { endProcess } from './end-process.ts'
import type { KeeperMessage } from './keeper.ts'
import { identify } from './process-identity.ts'

const GRACE_MS = 5_000
const watched = new Map<number, NodeJS.Signals>()
const folders = new Set<string>()

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as KeeperMessage
  if (message.kind === 'watch') watched.set(message.pid, message.signal)
  if (message.kind === 'forget') watched.delete(message.pid)
  if (message.kind === 'folder') folders.add(message.path)
}
await Promise.all([...watched].map(([pid, signal]) => end(pid, signal)))
for (const folder of folders) rmSync(folder, { recursive: true, force: true })

async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  const process = identify(pid)
  if (process) await endProcess(process, signal, GRACE_MS)
}
