/** `npm run faults`: the series of faults of test/faults, much longer than a run of all tests has time for. */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

const HELP = `npm run faults [-- --kills <number>] [-- --seed <number>]

Runs test/faults with so many kills of a worker in each series (default 1000, which takes about half an hour). The seed decides
when each kill comes; a run prints it, so that it can be repeated.
`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) {
  process.stdout.write(HELP)
} else if (!/^[1-9]\d{0,5}$/.test(values.kills) || !/^\d{1,10}$/.test(values.seed)) {
  process.stderr.write(`--kills and --seed are whole numbers.\n\n${HELP}`)
  process.exitCode = 2
} else {
  process.stdout.write(`${values.kills} kills, seed ${values.seed}\n`)
  const child = spawn('vitest', ['run', '--project', 'integration', '--testTimeout', '0', 'test/faults'], {
    stdio: 'inherit',
    env: { ...process.env, PAYD_FAULT_KILLS: values.kills, PAYD_FAULT_SEED: values.seed },
    shell: process.platform === 'win32',
  })
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
