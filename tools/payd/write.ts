import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plan, Write } from './plan.ts'

/**
 * Writes a plan: every file whole or not at all, and the lock last, so that a copy that is cut off is continued by the same
 * command.
 */
export function carryOut(project: string, plan: Plan): void {
  for (const write of [...plan.writes, ...(plan.lock ? [plan.lock] : [])]) writeWhole(project, write)
}

function writeWhole(project: string, { path, text }: Write): void {
  const target = join(project, path)
  const unfinished = `${target}.payd-unfinished`
  mkdirSync(dirname(target), { recursive: true })
  try {
    writeFileSync(unfinished, text)
    renameSync(unfinished, target)
  } finally {
    rmSync(unfinished, { force: true })
  }
}
