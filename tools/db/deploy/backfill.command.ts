import { defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { backfill } from './backfill.ts'
import { actorOf, confirmTarget, requireGuard, targetFlag } from './guard.ts'
import { record } from './journal.ts'
import { positive } from './push.command.ts'

type Options = TargetOptions & {
  readonly table?: string
  readonly set?: string
  readonly where?: string
  readonly key: string
  readonly batch: string
  readonly pause: string
  readonly maxBatches: string
  readonly lockTimeout: string
  readonly maxLag: string
  readonly triggersMayFire?: boolean
  readonly confirm?: string
  readonly as?: string
}

export const command = defineCommand<Options>({
  name: 'backfill',
  teach: `Walks along a key in short transactions. Each moves a mark together with its rows, so a run that is cut off continues behind
the last committed batch, and no row is done twice. It pauses between batches, longer while a replica is behind, and gives
way when a lock is not free. PayD's own triggers write no event, no line of a trail, no version and no time of change for a
filled row: they ask private.is_backfill(), which only the owner of the schema can say. If a trigger changes anything else,
nothing is filled, and what it would have changed is named. Every run stands in the journal. Afterwards a migration can add
the check (NOT VALID, then VALIDATE) and the NOT NULL.

  npm run db -- backfill memo_of_old_notes --env staging --table public.notes \\
      --set "memo = ''" --where "memo is null"
  the same command again                       continues, or says that it is finished

Exit code 1 means that it is not finished, or that rows still match at the end.`,
  configure: (command) => {
    withTarget(command.argument('<name>', 'a name by which it is continued'))
      .option('--table <table>', 'schema.table')
      .option('--set <assignments>', 'what is assigned, as in SET')
      .option('--where <condition>', 'which rows still need it')
      .option('--key <column>', 'a unique, not null column', 'id')
      .option('--batch <rows>', 'rows that one transaction looks at', '1000')
      .option('--pause <ms>', 'pause between two transactions', '100')
      .option('--max-batches <n>', 'stop after so many batches', '1000000')
      .option('--lock-timeout <ms>', 'how long a batch may wait for a lock', '1000')
      .option('--max-lag <s>', 'a replica that is further behind slows it down', '5')
      .option('--triggers-may-fire', 'accept that triggers write elsewhere or change other columns')
      .option('--as <name>', 'who fills it; default: PAYD_ACTOR or the account')
      .option('--confirm <name>', 'the name of the environment, typed by you')
  },
  run: async ({ context, project, arguments: [name = ''], options }) => {
    const { table, set, where } = options
    if (!table?.includes('.') || !set || !where) {
      throw usageError(
        'A backfill needs --table schema.table, --set and --where.',
        'See backfill --help for an example.',
      )
    }
    const target = resolveTarget(project, options, context.environment)
    await confirmTarget(context, target, options)
    await withDatabase(target.url, (sql) => requireGuard(sql, project, target))
    const progress = await backfill(
      target.url,
      { name, table, set, where, key: options.key },
      {
        batch: positive('--batch', options.batch),
        pauseMs: positive('--pause', options.pause),
        maxBatches: positive('--max-batches', options.maxBatches),
        lockTimeoutMs: positive('--lock-timeout', options.lockTimeout),
        maxLagS: positive('--max-lag', options.maxLag),
        mayChangeMore: options.triggersMayFire === true,
        onProgress: context.printError,
      },
    )
    const details = { name, table, set, where, rows: progress.rows, finished: progress.isFinished }
    await withDatabase(target.url, (sql) =>
      record(sql, { kind: 'backfilled', actor: actorOf(context, options), details }),
    )
    const ok = progress.isFinished && progress.left === 0
    const done = `${name}: ${progress.rows} rows filled in ${progress.batches} batches`
    const text = !progress.isFinished
      ? `${done}, ${progress.left} to go. The same command with ${targetFlag(target)} continues.`
      : progress.left === 0
        ? `${done}; no row is left.`
        : `${done}; ${progress.left} rows still match --where. Either they were written meanwhile, or --set does not fill them.`
    return { ok, text, data: { environment: target.name, name, ...progress } }
  },
})
