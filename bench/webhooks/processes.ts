import { readdir, readFile } from 'node:fs/promises'

/** One running process. */
export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly command: string
  /** Processor time until now, in seconds; of children that have ended as well. */
  readonly cpu: number
}

const TICKS = 100

/** Every process of this machine. */
export async function runningProcesses(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => readProcess(Number(pid)).catch(() => null)))
  return found.filter((one) => one !== null)
}

async function readProcess(pid: number): Promise<RunningProcess> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0)
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
  return { pid, parent: Number(fields[1]), command, cpu: ticks / TICKS }
}

/** Processor seconds of the processes that a word in their command line names, and of all below them. */
export async function cpuOf(words: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const all = await runningProcesses()
  const below = (roots: readonly number[]): RunningProcess[] => {
    const family = new Set(roots)
    for (let grown = true; grown; ) {
      grown = false
      for (const { pid, parent } of all) {
        if (family.has(pid) || !family.has(parent)) continue
        family.add(pid)
        grown = true
      }
    }
    return all.filter(({ pid }) => family.has(pid))
  }
  // Other stacks may run on this machine; only what this process has started counts.
  const own = new Set(below([process.pid]).map(({ pid }) => pid))
  return Object.fromEntries(
    Object.entries(words).map(([name, word]) => {
      const roots = all.filter(({ command, pid }) => own.has(pid) && pid !== process.pid && command.includes(word))
      return [name, below(roots.map(({ pid }) => pid)).reduce((sum, { cpu }) => sum + cpu, 0)]
    }),
  )
}
