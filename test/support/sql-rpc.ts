import postgres, { type Sql } from 'postgres'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import { parseAnswer } from '../../supabase/functions/_shared/worker/rows.ts'
import type { Rpc } from '../../supabase/functions/_shared/worker/rpc.ts'

/**
 * The functions of a database as a worker calls them, on a session instead of through the data API: with the service's rights, with
 * the same JSON in and out, and each call in a transaction of its own.
 */
export function sqlRpc(sql: Sql): Rpc {
  return async (name, parameters, schema) => {
    const names = Object.keys(parameters)
    const values = Object.values(parameters).map((value) => (isPlain(value) ? value : JSON.stringify(value)))
    const list = names.map((key, index) => `${key} => $${index + 1}${isPlain(parameters[key]) ? '' : '::text::jsonb'}`)
    try {
      const [row] = await sql.begin(async (transaction) => {
        await transaction`set local role service_role`
        // A function that returns no set answers with its one value, as the data API does.
        return await transaction.unsafe<{ answer: unknown }[]>(
          `select case when (select bool_or(called.proretset) from pg_proc as called
              where called.proname = '${name}' and called.pronamespace = 'public'::regnamespace)
            then coalesce(jsonb_agg(to_jsonb(result)), '[]') else jsonb_agg(to_jsonb(result)) -> 0 end as answer
          from public.${name}(${list.join(', ')}) as result`,
          values as never[],
        )
      })
      return parseAnswer(schema, name, row?.answer)
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error
      const code = error.code.startsWith('PT') ? (error.detail ?? error.code) : error.code
      throw new DatabaseError({ code, message: error.message, hint: error.hint ?? null, status: 409 }, `call ${name}`)
    }
  }
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}
