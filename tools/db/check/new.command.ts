import { defineCommand, type Outcome } from '../lib/command.ts'
import { usageError } from '../lib/errors.ts'
import { printFindings } from '../lib/finding.ts'
import { ownName } from '../lib/git.ts'
import { type Migration, readMigrations } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import { openScratchServer } from '../lib/scratch.ts'
import { writeAutoDown } from './new/auto-down.ts'
import { TEMPLATE_TYPES, type TemplateType } from './new/templates.ts'
import { writeNewMigration } from './new/write.ts'
import { prove } from './prove/prove.ts'

type Options = {
  readonly type?: string
  readonly table?: string
  readonly column?: string
  readonly from?: string
  readonly to?: string
  readonly function?: string
  readonly down?: string
  readonly author?: string
  readonly server?: string
  readonly blank?: string
}

/** `npm run db -- new` */
export const command = defineCommand<Options>({
  name: 'new',
  teach: `Writes three files that pass every check as they stand; edit them, then prove them.

  npm run db -- new add_notes --type table
  npm run db -- new add_payroll_items_memo --type column --table public.payroll_items --column memo
  npm run db -- new index_payroll_items_memo --type index --table public.payroll_items --column memo
  npm run db -- new correct_departments --type data --table public.employees --column department --from Sale --to Sales
  npm run db -- new limit_memos --type constraint --table public.payroll_items --column memo
  npm run db -- new find_by_team --type replace --function private.search_employees
  npm run db -- new narrow_reading --type policy --table public.payroll_items

A column gets another name in three steps, each of which can be taken back alone; two names are in use in between:

  npm run db -- new name_teams --type rename --table public.employees --column department --to team
  npm run db -- backfill teams --env staging --table public.employees --set "team = department" --where "team is null and department is not null"
  npm run db -- new drop_departments --type drop --table public.employees --column department

When the forward file is edited, --down auto works the rollback out of the catalogues before and after, writes it over the
one of the template, and proves it:

  npm run db -- new add_payroll_items_memo --down auto

Then: npm run db -- check --fix, prove, check.`,
  configure: (command) =>
    void command
      .argument('<name>', 'snake_case, such as add_payroll_items_memo')
      .option('--type <type>', TEMPLATE_TYPES.join(' | '))
      .option('--table <schema.table>', 'the table that it is about')
      .option('--column <name>', 'the column that it is about')
      .option('--to <name>', 'the new name of a renamed column, or the right value of a data fix')
      .option('--from <value>', 'the wrong value of a data fix')
      .option('--function <schema.name>', 'the function that is replaced')
      .option('--down <auto>', 'write the rollback of an existing migration from the catalogues')
      .option('--author <name>', 'author of the migration; default: who git says you are')
      .option('--server <connection string>', 'with --down auto: use this server instead of starting one')
      .option('--blank <database>', 'with --server: the database there to clone, which looks like a new project'),
  run: async ({ context, project, arguments: [name = ''], options }) => {
    const existing = readMigrations(project).migrations.find((one) => [one.name, one.id, one.version].includes(name))
    if (options.down !== undefined) return rollbackOf(project, existing, name, options)
    const files = writeNewMigration(project, {
      name,
      type: typeOf(options.type),
      table: options.table,
      column: options.column,
      from: options.from,
      to: options.to,
      function: options.function,
      author: options.author ?? (await ownName(project.root)) ?? 'unknown',
      now: context.now(),
    })
    const shown = files.map((file) => file.shown)
    return {
      ok: true,
      text: [...shown, `Next: edit them, then npm run db -- prove ${name}`].join('\n'),
      data: { files: shown },
    }
  },
})

async function rollbackOf(
  project: Project,
  existing: Migration | undefined,
  name: string,
  options: Options,
): Promise<Outcome> {
  if (options.down !== 'auto') throw usageError(`"--down ${options.down}" is unknown.`, 'Write --down auto.')
  if (!existing)
    throw usageError(
      `There is no migration "${name}" yet.`,
      `Run npm run db -- new ${name} --type <type>, edit it, then add --down auto.`,
    )
  const server = await openScratchServer(options)
  try {
    const file = await writeAutoDown(project, existing, server)
    const { proofs, findings } = await prove(project, { server, wanted: new Set([existing.version]), lanes: 1 })
    const all = [...proofs.flatMap((proof) => proof.findings), ...findings]
    const verdict =
      all.length === 0 ? `${file.shown} is written and proven.` : `${file.shown} is written, but not proven:`
    return {
      ok: all.length === 0,
      text: [verdict, ...printFindings(all, true)].join('\n'),
      data: { files: [file.shown], findings: all },
    }
  } finally {
    await server.stop()
  }
}

function typeOf(text: string | undefined): TemplateType {
  const type = TEMPLATE_TYPES.find((candidate) => candidate === text)
  if (type) return type
  throw usageError(
    text === undefined ? 'Say what kind of migration it is.' : `There is no type "${text}".`,
    `Add --type ${TEMPLATE_TYPES.join('|')}.`,
  )
}
