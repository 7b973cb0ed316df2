import { applyFile } from '../lib/apply.ts'
import { count, defineCommand, findingsOutcome } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import type { Finding } from '../lib/finding.ts'
import { readMigrations } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import { openScratchServer, scratchName } from '../lib/scratch.ts'
import { runAdvisors } from './lint/advisors.ts'
import { lint } from './lint/lint.ts'
import { LINT_RULES } from './lint/rules/index.ts'

type Options = {
  readonly advisors?: boolean
  readonly explain?: string
  readonly why?: boolean
  readonly server?: string
  readonly blank?: string
}

/** `npm run db -- check` */
export const command = defineCommand<Options>({
  name: 'lint',
  summary: 'squawk, our own rules on the syntax tree, Supabase advisors',
  teach: `squawk looks for statements that block or break clients (.squawk.toml for forward files, squawk.down.toml for
rollbacks). Our own rules look at the syntax tree for what squawk does not see. --advisors applies everything to a
throw-away server and asks Supabase's own advisors.

An exception needs a reason, directly above the statement:
  -- db-ignore hidden-ddl: pg_cron is optional, so the job is created only where it exists

Rules (npm run db -- check --explain <rule> shows why, a bad and a good example):
${LINT_RULES.map((rule) => `  ${rule.id}`).join('\n')}`,
  configure: (command) =>
    void command
      .argument('[migrations...]', 'versions or names; default: all')
      .option(
        '--advisors',
        "apply all migrations to a throw-away server and ask Supabase's advisors (level warn and above)",
      )
      .option('--why', 'tell the reason of every rule')
      .option('--explain <rule>', 'show why a rule exists, with a bad and a good example')
      .option('--server <connection string>', 'with --advisors: use this server instead of starting one')
      .option('--blank <database>', 'with --server: the database there to clone, which looks like a new project'),
  run: async ({ project, arguments: wanted, options }) => {
    if (options.explain !== undefined) return explain(options.explain)
    const { findings, migrations } = await lint(project, wanted)
    const advice = options.advisors ? await advise(project, options) : []
    return findingsOutcome([...findings, ...advice], {
      checked: `${count(migrations, 'migration')} linted`,
      why: options.why,
      data: { migrations },
    })
  },
})

function explain(id: string) {
  const rule = LINT_RULES.find((candidate) => candidate.id === id)
  if (!rule)
    return { ok: false, text: `There is no rule "${id}". npm run db -- check --help lists them.`, data: { rule: null } }
  const { check: _check, ...data } = rule
  const text = [
    `${rule.id} (${rule.severity}, ${rule.appliesTo === 'both' ? 'forward files and rollbacks' : `${rule.appliesTo} files`})`,
    `why: ${rule.why}`,
    `fix: ${rule.fix}`,
    ...(rule.before ? ['', '-- an earlier migration', rule.before.trim()] : []),
    '',
    '-- bad',
    rule.bad.trim(),
    '',
    '-- good',
    rule.good.trim(),
  ].join('\n')
  return { ok: true, text, data: { rule: data } }
}

async function advise(project: Project, options: Options): Promise<Finding[]> {
  const server = await openScratchServer(options)
  try {
    const name = scratchName('advisors')
    const url = await server.createDatabase(name)
    await withDatabase(url, async (sql) => {
      for (const migration of readMigrations(project).migrations) await applyFile(sql, migration.up, 'lint/apply')
    })
    const findings = await runAdvisors(project, url)
    await server.dropDatabase(name)
    return findings
  } finally {
    await server.stop()
  }
}
