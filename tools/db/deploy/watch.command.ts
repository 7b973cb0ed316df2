import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { count, defineCommand, withTarget } from '../lib/command.ts'
import { connect } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { errorText } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'
import { printAlerts, readBaseline } from './health.command.ts'
import { type Health, readHealth } from './health.ts'
import { positive } from './push.command.ts'
import { type Alert, alertsAgainst } from './thresholds.ts'

type Options = TargetOptions & { readonly baseline?: string; readonly every: string; readonly times: string }

export const command = defineCommand<Options>({
  name: 'watch',
  summary: 'health against a baseline until something is wrong',
  teach: `Measures again and again and stops at the first alert: something that was not wrong at the baseline, an error rate more
than 10 % above it, statements more than 20 % slower, any deadlock, connections or replication running away, a table that
lost its row level security. Without --baseline the first measurement is the baseline. Start it right after a push.

  npm run db -- health --every 60 --env production --baseline before.json
  npm run db -- health --every 60 --env production --times 1440      a day, once a minute

Exit code 1 means an alert, or that the database stopped answering.`,
  configure: (command) => {
    withTarget(command)
      .option('--baseline <file>', 'a measurement of health --save')
      .option('--every <s>', 'seconds between two measurements', '60')
      .option('--times <n>', 'how often to measure', '60')
  },
  run: async ({ context, project, options }) => {
    const target = resolveTarget(project, options, context.environment)
    const everyMs = positive('--every', options.every) * 1000
    const times = positive('--times', options.times)
    let baseline = options.baseline === undefined ? undefined : readBaseline(resolve(context.folder, options.baseline))
    let latest: Health | undefined
    for (let round = 1; round <= times; round += 1) {
      const measured = await measure(target.url, context.now(), project)
      if (typeof measured === 'string') return stop(target.name, round, unanswered(measured), latest)
      latest = measured
      baseline ??= measured
      const alerts = alertsAgainst(baseline, measured)
      if (alerts.length > 0) return stop(target.name, round, alerts, latest)
      const { connections } = measured
      context.printError(
        `${measured.at} ${round}/${times}: ${connections.used} of ${connections.usable} connections, ${connections.waitingForLocks} waiting, no alert`,
      )
      if (round < times) await pause(everyMs)
    }
    const text = `${target.name}: ${count(times, 'measurement')} without an alert`
    return { ok: true, text, data: { environment: target.name, rounds: times, alerts: [], health: latest ?? null } }
  },
})

async function measure(url: string, now: Date, project: Project): Promise<Health | string> {
  const sql = connect(url)
  try {
    return await readHealth(sql, now, project)
  } catch (error) {
    return errorText(error)
  } finally {
    await sql.end({ timeout: 5 }).catch(() => undefined)
  }
}

const unanswered = (reason: string): Alert[] => [
  {
    name: 'unreachable',
    subject: '',
    amount: 1,
    what: `The database does not answer: ${reason}`,
    fix: 'Look at the server and the network first.',
  },
]

function stop(name: string, rounds: number, alerts: readonly Alert[], health: Health | undefined) {
  const text = [`${name}, measurement ${rounds}:`, ...printAlerts(alerts)].join('\n')
  return { ok: false, text, data: { environment: name, rounds, alerts, health: health ?? null } }
}
