import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Benchmark, spread } from './measure.ts'

const ROUNDS = 5

interface Summary {
  readonly paid: number
  readonly seconds: {
    readonly stack: number
    readonly import: number
    readonly payroll: number
    readonly total: number
  }
  readonly memoryMiB: number
}

/** The demo of 250 people on a stack of its own, from a process that does not exist yet to proven books. */
export const stack: Benchmark = async (tell) => {
  const rounds: Summary[] = []
  const withoutTemplate: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const summary = await runDemo()
    const unprepared = await withEmptyCache((environment) => runDemo(['--employees', '5'], environment))
    tell(
      `round ${round + 1}: ${JSON.stringify(summary.seconds)}, ${summary.memoryMiB.toFixed(0)} MiB; without a template the stack took ${unprepared.seconds.stack} s`,
    )
    rounds.push(summary)
    withoutTemplate.push(unprepared.seconds.stack)
  }
  const seconds = (key: keyof Summary['seconds']) => spread(rounds.map((round) => round.seconds[key]))
  return {
    title: 'From nothing to everybody paid',
    remarks:
      'The first round after other work is slower, because the disk is still busy with it. Without a template the start runs initdb and the Supabase CLI over all migrations, which is most of the difference; npm install has done it before.',
    method: `The demo with the 250 employees of examples/acme.csv, ${ROUNDS} times, each on a new stack in an empty folder; the sandbox closes a ledger every second. The database of a new stack is a copy of a template that npm install prepared; "without a template" is the start that has to build it first, with the Supabase CLI. Memory is the sum of the proportional set sizes of all processes of the stack at its highest.`,
    rows: [
      { what: 'stack ready, all parts healthy', unit: 's', ...seconds('stack'), aim: 'under 3 s' },
      { what: 'the same without a template', unit: 's', ...spread(withoutTemplate) },
      { what: 'import of the CSV', unit: 's', ...seconds('import') },
      {
        what: 'payroll: two runs prepared, approved and paid',
        unit: 's',
        ...seconds('payroll'),
      },
      {
        what: 'everything, cold start to proven books',
        unit: 's',
        ...seconds('total'),
        aim: 'CSV to proven books under 10 s',
      },
      { what: 'memory of the whole stack', unit: 'MiB', ...spread(rounds.map((round) => round.memoryMiB)) },
    ],
  }
}

async function withEmptyCache<T>(use: (environment: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payd-bench-'))
  // When this process is root, PostgreSQL runs as another user, who must be able to pass through to its own folder.
  await chmod(folder, 0o711)
  try {
    return await use({ ...process.env, PAYD_DATABASE_CACHE: folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runDemo(words: readonly string[] = [], environment = process.env): Promise<Summary> {
  const program = path.join(import.meta.dirname, '../tools/demo/main.ts')
  const child = spawn('node', [program, '--json', ...words], { stdio: ['ignore', 'pipe', 'ignore'], env: environment })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
  let memoryMiB = 0
  const watching = setInterval(async () => {
    memoryMiB = Math.max(memoryMiB, await memoryOfTree(child.pid ?? 0))
  }, 500)
  const status = await ended
  clearInterval(watching)
  if (status !== 0) throw new Error(`The demo failed with status ${status}.`)
  const last = Buffer.concat(output).toString('utf8').trim().split('\n').at(-1) ?? ''
  return { ...(JSON.parse(last) as Summary), memoryMiB }
}

/** Proportional set size of a process and everything it started, in MiB. */
async function memoryOfTree(root: number): Promise<number> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (parent > 0) parents.set(Number(name), parent)
  }
  const isInTree = (pid: number): boolean => pid === root || (parents.has(pid) && isInTree(parents.get(pid) ?? 0))
  let kib = 0
  for (const pid of parents.keys()) {
    if (!isInTree(pid)) continue
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
  }
  return kib / 1024
}
