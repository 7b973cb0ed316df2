import type { AlterTableStmt, ColumnDef, CreateFunctionStmt, CreatePolicyStmt, CreateStmt, Node } from 'libpg-query'
import { bodyOf } from '../../../lib/bodies.ts'
import { usageError } from '../../../lib/errors.ts'
import type { Statement } from '../../../lib/sql.ts'
import { asNode, dottedName, relationName } from '../../../lib/tree.ts'
import {
  asleep,
  existing,
  existingColumn,
  inBrackets,
  needed,
  pair,
  shortName,
  type TemplateInput,
  type Templates,
  type TemplateText,
  TIMEOUTS,
  verification,
} from './text.ts'

/** Templates of what changes something that is there: its rows, its rules, its code. */
export const CHANGING: Templates<'policy' | 'constraint' | 'replace' | 'data'> = {
  policy: (input) => policyTemplate(input),
  constraint: (input) => constraintTemplate(input),
  replace: (input) => replaceTemplate(input),
  data: (input) => dataTemplate(input),
}

// A second policy for reading would widen the first, so a table that has one gets it altered.
function policyTemplate({ table: given, model, statements }: TemplateInput): TemplateText {
  const table = existing(given, model, 'policy')
  const readable = shortName(table).replaceAll('_', ' ')
  const there = statements.findLast((statement) => {
    const made = asNode<CreatePolicyStmt>(statement.node, 'CreatePolicyStmt')
    const name = made && relationName(made.table) === table ? made.policy_name : undefined
    return name !== undefined && model.tables.get(table)?.policies.has(name)
  })
  const made = there && asNode<CreatePolicyStmt>(there.node, 'CreatePolicyStmt')
  const using = there && inBrackets(there.text, 'using')
  if (!there || !made || using === undefined) {
    const name = `Members can read their organization's ${readable}`.slice(0, 63)
    const quoted = name.replaceAll("'", "''")
    return {
      prose: `Say here who may read which rows of ${readable}, and why.`,
      up: `${TIMEOUTS}
create policy "${name}"
  on ${table} for select to authenticated
  using (organization_id = (select private.organization_id()));`,
      down: `${TIMEOUTS}
drop policy "${name}" on ${table};`,
      tests: [
        `select policy_cmd_is(${pair(table)}, '${quoted}', 'SELECT', 'the policy of ${readable} is about reading')`,
        `select policy_roles_are(${pair(table)}, '${quoted}', array['authenticated'], 'the policy of ${readable} is for people')`,
      ],
    }
  }
  const name = made.policy_name ?? ''
  const check = inBrackets(there.text, 'with', 'check')
  const as = (condition: string, checked: string | undefined): string =>
    `alter policy "${name}" on ${table}\n  using (${condition})${checked === undefined ? '' : `\n  with check (${checked})`};`
  return {
    prose: `Say here who may read which rows of ${readable} from now on, and why; replace "and true".`,
    up: `${TIMEOUTS}\n${as(`(${using}) and true`, check)}`,
    down: `${TIMEOUTS}\n${as(using, check)}`,
    tests: [
      `select isnt_empty($$ select from pg_policy where polrelid = '${table}'::regclass and polname = '${name.replaceAll("'", "''")}' $$, '${readable} have their policy')`,
    ],
  }
}

// Two migrations: the first makes new rows obey, the second looks at the old ones without stopping anybody.
function constraintTemplate(input: TemplateInput): TemplateText[] {
  const table = existing(input.table, input.model, 'constraint')
  const column = existingColumn(input, table, 'constraint')
  const short = shortName(table)
  const isText = /(^|\.)(text|varchar|bpchar|citext)$/.test(input.model.tables.get(table)?.columns.get(column) ?? '')
  const constraint = `${short}_${column}_is_in_order`.slice(0, 63)
  const condition = isText ? `length(${column}) <= 1000` : `${column} is not null`
  const add = `alter table ${table}\n  add constraint ${constraint} check (${condition}) not valid;`
  return [
    {
      prose: `Say here what ${column} must hold and why; new rows obey from now on, old ones are looked at by the next migration.`,
      breaking: `writes of ${short} whose ${column} is not in order`,
      up: `${TIMEOUTS}\n${add}`,
      down: `${TIMEOUTS}\nalter table ${table} drop constraint ${constraint};`,
      tests: [`select has_check(${pair(table)}, '${short} have a check')`],
    },
    {
      suffix: '_holds',
      prose: `The old rows of ${short} obey ${constraint} too; this looks at each without stopping those who write.`,
      up: `${TIMEOUTS}\nalter table ${table} validate constraint ${constraint};`,
      down: `${TIMEOUTS}\nalter table ${table} drop constraint ${constraint};\n${add}`,
      tests: [
        `select ok((select convalidated from pg_constraint where conrelid = '${table}'::regclass and conname = '${constraint}'), 'every row of ${short} is in order')`,
      ],
    },
  ]
}

function replaceTemplate({ function: given, statements }: TemplateInput): TemplateText {
  const name = needed(given, 'replace', '--function <schema.function>')
  const made = statements.filter(
    ({ node }) => dottedName(asNode<CreateFunctionStmt>(node, 'CreateFunctionStmt')?.funcname) === name,
  )
  const last = made.at(-1)
  const body = last && bodyOf(last)
  if (!last || !body) {
    throw usageError(`No migration creates the function ${name}.`, 'Name one as it stands after "create function".')
  }
  const original = last.text.replace(/^create\s+(or\s+replace\s+)?/i, 'create or replace ')
  const place = original.indexOf(body.text)
  const rest = original.slice(place)
  // The comment must not swallow a body that begins on the line of its quotes.
  const separator = /^\s*\n/.test(rest) ? '' : '\n '
  const edited = `${original.slice(0, place)}\n  -- Say here what is different, and change it.${separator}${rest}`
  return {
    prose: `Say here what ${name} does from now on, and why.`,
    up: `${TIMEOUTS}\n${edited};`,
    down: `${TIMEOUTS}\n${original};`,
    tests: [`select has_function(${pair(name)}, '${name} is there')`],
  }
}

// The old values are kept in a table of the migration, so that the rollback brings back exactly what was there.
function dataTemplate(input: TemplateInput): TemplateText {
  const { version, model, from = 'wrong', to = 'right' } = input
  const table = existing(input.table, model, 'data')
  const changed = existingColumn(input, table, 'data')
  const known = model.tables.get(table)
  const key = known?.primaryKey[0] ?? 'id'
  const archive = `private.archive_${version}_${shortName(table)}`.slice(0, 71)
  const [wrong, right] = [from, to].map((value) => `'${value.replaceAll("'", "''")}'`)
  return {
    prose: `Say here why these rows of ${shortName(table)} are wrong and what they become.`,
    up: `${TIMEOUTS}
create table ${archive} (
  ${key} ${columnText(input, table, key) ?? 'bigint'} primary key,
  ${changed} text
);
comment on table ${archive} is 'What ${table}.${changed} was before migration ${version}.';
alter table ${archive} enable row level security;
alter table ${archive} force row level security;

insert into ${archive} (${key}, ${changed})
select target.${key}, target.${changed}::text from ${table} as target
where target.${changed} = ${wrong};

${asleep(table, `update ${table} as target\nset ${changed} = ${right}\nwhere target.${changed} = ${wrong};`)}

${verification(`exists (select from ${table} as target where target.${changed} = ${wrong})`, `rows of ${table} are still wrong`)}`,
    down: `${TIMEOUTS}
${asleep(table, `update ${table} as target\nset ${changed} = kept.${changed}\nfrom ${archive} as kept\nwhere kept.${key} = target.${key} and target.${changed} = ${right};`)}

drop table ${archive};`,
    tests: [`select has_table(${pair(archive)}, 'what was there before is kept')`],
  }
}

/** The type of a column as its table's statement writes it. */
export function columnText({ statements }: TemplateInput, table: string, column: string): string | undefined {
  for (const { node, text } of statements) {
    const value = asNode<CreateStmt>(node, 'CreateStmt') ?? asNode<AlterTableStmt>(node, 'AlterTableStmt')
    if (!value || relationName(value.relation) !== table) continue
    const found = columnsOf(value).find((one) => one.colname === column)
    if (found) return new RegExp(`\\b${column}\\s+([\\w.]+(?:\\s*\\([\\d, ]+\\))?(?:\\[\\])?)`).exec(text)?.[1]
  }
  return undefined
}

/** Whether a column was made NOT NULL by the statement that made it. */
export function isRequired(statements: readonly Statement[], table: string, column: string): boolean {
  return statements.some(({ node }) => {
    const value = asNode<CreateStmt>(node, 'CreateStmt') ?? asNode<AlterTableStmt>(node, 'AlterTableStmt')
    return (
      value !== undefined &&
      relationName(value.relation) === table &&
      columnsOf(value).some(
        (one) =>
          one.colname === column &&
          one.constraints?.some(
            (entry) => asNode<{ contype?: string }>(entry, 'Constraint')?.contype === 'CONSTR_NOTNULL',
          ),
      )
    )
  })
}

function columnsOf(value: { tableElts?: Node[]; cmds?: Node[] }): ColumnDef[] {
  const added = (value.cmds ?? []).flatMap((cmd) => asNode<{ def?: Node }>(cmd, 'AlterTableCmd')?.def ?? [])
  return [...(value.tableElts ?? []), ...added].flatMap((element) => asNode<ColumnDef>(element, 'ColumnDef') ?? [])
}
