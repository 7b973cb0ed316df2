import type { CreateFunctionStmt, CreateTrigStmt } from 'libpg-query'
import { usageError } from '../../../lib/errors.ts'
import { asNode, dottedName, relationName } from '../../../lib/tree.ts'
import { columnText, isRequired } from './change.ts'
import {
  asleep,
  existing,
  existingColumn,
  needed,
  pair,
  shortName,
  type TemplateInput,
  type Templates,
  type TemplateText,
  TIMEOUTS,
  verification,
} from './text.ts'

/** Templates for a column that goes, or that gets another name while two versions of an application are in use. */
export const LEAVING: Templates<'rename' | 'drop'> = {
  rename: (input) => renameTemplate(input),
  drop: (input) => dropTemplate(input),
}

// Expand: both columns hold the same, and a program may write either; `drop` contracts.
function renameTemplate(input: TemplateInput): TemplateText {
  const { model } = input
  const table = existing(input.table, model, 'rename')
  const old = existingColumn(input, table, 'rename')
  const now = needed(input.to, 'rename', '--to <new name>')
  if (!/^[a-z][a-z0-9_]*$/.test(now) || model.tables.get(table)?.columns.has(now)) {
    throw usageError(`${now} is no new name for a column of ${table}.`, 'Choose another in snake_case.')
  }
  const sync = nameOfSync(table, old, now)
  return {
    prose: `The column ${old} of ${table} gets the name ${now}. Both hold the same, and a program may write either, until every one knows the new name. Then: backfill ${now} where it is null, and a migration of type drop takes ${old} away.`,
    up: `${TIMEOUTS}
alter table ${table} add column ${now} ${columnText(input, table, old) ?? 'text'};
comment on column ${table}.${now} is 'What ${old} was called before; both hold the same until ${old} is gone.';

-- Of two different values the one that was changed counts, and the new name where both were.
create function private.${sync}()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.${now} := coalesce(new.${now}, new.${old});
    new.${old} := new.${now};
  elsif new.${now} is distinct from old.${now} then
    new.${old} := new.${now};
  else
    new.${now} := new.${old};
  end if;

  return new;
end;
$$;
comment on function private.${sync}() is 'Keeps ${old} and ${now} of ${table} the same while both names are in use.';
revoke all on function private.${sync}() from public, anon, authenticated, service_role;

create trigger ${sync}
  before insert or update on ${table}
  for each row execute function private.${sync}();`,
    down: `${TIMEOUTS}
drop trigger ${sync} on ${table};
drop function private.${sync}();
alter table ${table} drop column ${now};`,
    tests: [
      `select has_column(${pair(table)}, '${now}', '${shortName(table)} have ${now}')`,
      `select has_trigger(${pair(table)}, '${sync}', '${old} and ${now} are kept the same')`,
    ],
  }
}

/**
 * A column leaves under another name first: whatever still reads it fails at once, and taking it back loses nothing. What
 * kept it the same as its new name goes with it and comes back with it.
 */
function dropTemplate(input: TemplateInput): TemplateText {
  const { model, statements } = input
  const table = existing(input.table, model, 'drop')
  const column = existingColumn(input, table, 'drop')
  const gone = `dropped_${column}`.slice(0, 63)
  const sync = syncOf(input, table, column)
  const required = isRequired(statements, table, column)
  // The rollback gives the old name what the new one holds, so what only the old one held goes.
  const loss = sync
    ? `-- rollback-of: ${input.version}_${input.name}\n-- rollback: lossy column ${table}.${gone}\n`
    : ''
  const isBack = sync ? `\n${sync.again}` : ''
  const filled = sync
    ? `${asleep(table, `update ${table}\nset ${column} = ${sync.now}\nwhere ${column} is distinct from ${sync.now};`)}\n`
    : ''
  const guard =
    required && !sync
      ? `do $guard$
declare v_rows bigint := (select count(*) from ${table} where ${gone} is null);
begin
  if v_rows > 0 then
    raise exception '% rows of ${table} were written without ${column}.', v_rows
      using hint = 'Fill them first: update ${table} set ${gone} = … where ${gone} is null;';
  end if;
end
$guard$;

`
      : ''
  const isBehind =
    sync &&
    verification(
      `exists (select from ${table} where ${column} is distinct from ${sync.now})`,
      `rows of ${table} hold in ${column} what ${sync.now} does not have yet; backfill ${sync.now} first`,
    )
  return {
    prose: `Say here why ${column} of ${table} goes. It leaves under the name ${gone}, so that what still reads it fails at once and nothing is lost; a later migration drops it for good.`,
    breaking: `${table}.${column} goes away`,
    up: `${TIMEOUTS}
${sync ? `${isBehind}\n\ndrop trigger ${sync.name} on ${table};\ndrop function private.${sync.name}();\n` : ''}${required ? `alter table ${table} alter column ${column} drop not null;\n` : ''}-- db-ignore squawk/renaming-column: the column goes, and its last name tells those who still read it
alter table ${table} rename column ${column} to ${gone};`,
    down: `${loss}${TIMEOUTS}
${guard}alter table ${table} rename column ${gone} to ${column};
${filled}${required ? `alter table ${table} alter column ${column} set not null;\n` : ''}${isBack}`,
    tests: [`select hasnt_column(${pair(table)}, '${column}', '${shortName(table)} have no ${column} any more')`],
  }
}

const nameOfSync = (table: string, old: string, now: string): string =>
  `${shortName(table)}_${old}_is_${now}`.slice(0, 63)

/** What a rename left behind to keep two names the same: its name, the new column, and the statements that bring it back. */
function syncOf({ statements }: TemplateInput, table: string, column: string) {
  const start = `${shortName(table)}_${column}_is_`
  const trigger = statements.findLast(({ node }) => {
    const made = asNode<CreateTrigStmt>(node, 'CreateTrigStmt')
    return made && relationName(made.relation) === table && made.trigname?.startsWith(start)
  })
  const name = trigger && asNode<CreateTrigStmt>(trigger.node, 'CreateTrigStmt')?.trigname
  if (!trigger || !name) return undefined
  const texts = statements.filter(
    ({ node, text }) =>
      dottedName(asNode<CreateFunctionStmt>(node, 'CreateFunctionStmt')?.funcname) === `private.${name}` ||
      (/^(comment|revoke|grant)\b/i.test(text) && text.includes(`function private.${name}(`)),
  )
  return {
    name,
    now: name.slice(start.length),
    again: [...texts, trigger].map(({ text }) => `${text};`).join('\n\n'),
  }
}
