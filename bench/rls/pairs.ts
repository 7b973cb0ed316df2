import type { Sql } from 'postgres'
import { type RepeatedPair, type Request, requestAs, type Tenant } from './request.ts'
import { employeeOf, employeeSubjectOf, LARGE_TENANT, SMALL_ORGANIZATION, SMALL_TENANT } from './world.ts'
import { writes } from './writes.ts'

const PAGE = 50

export function pairs(sql: Sql, tenant: Tenant): RepeatedPair[] {
  const { organizationId, subject } = tenant
  const request = requestAs(sql, subject)
  const columns =
    'id, first_name, last_name, email, wallet_address, status, position, department, asset_code, created_at'
  const read = (what: string, rest: string, value: number, repeats: number, aim: string): RepeatedPair => ({
    what,
    reads: 'the same',
    repeats,
    aim,
    ours: request('authenticated', `select ${columns} from public.employees ${rest.replace('{tenant}', 'true')}`, [
      value,
    ]),
    limit: request(
      'supabase_admin',
      `select ${columns} from public.employees ${rest.replace('{tenant}', 'organization_id = $2')}`,
      [value, organizationId],
    ),
  })
  const search = (kind: string, word: string): RepeatedPair => ({
    what: `search for a ${kind} word, newest 20`,
    reads: 'the same',
    repeats: 30,
    aim: 'at most 2',
    ours: request('authenticated', `select ${columns} from public.search_employees($1)`, [word]),
    limit: request(
      'supabase_admin',
      `select ${columns} from public.employees where organization_id = $2 and deleted_at is null and search_vector @@ to_tsquery('simple', $1) order by created_at desc, id desc limit 20`,
      [`'${word}':*`, organizationId],
    ),
  })
  return [
    read('point read', 'where {tenant} and id = $1', employeeOf(organizationId), 200, 'at most 1.3'),
    read('newest 50', 'where {tenant} order by created_at desc, id desc limit $1', PAGE, 100, 'at most 1.25'),
    {
      what: 'own count',
      repeats: 5,
      aim: 'at most 1.4',
      ours: request('authenticated', 'select count(*) from public.employees where id > $1', [0]),
      limit: request('supabase_admin', 'select count(*) from public.employees where id > $1 and organization_id = $2', [
        0,
        organizationId,
      ]),
    },
    search('rare', `rare${organizationId}x`),
    search('common', 'engineer'),
    ...(organizationId === 1 ? [keysetPage(request, columns, 1000, 100), ownPayslips(sql)] : []),
    ...writes(sql, tenant),
  ]
}

/** A page somewhere in the list, asked for as the SDK does: a plain bound beside the exact alternative. */
function keysetPage(request: Request, columns: string, page: number, repeats: number): RepeatedPair {
  // Creation times of the large tenant are a second apart, newest first.
  const read = (pages: number): (() => Promise<unknown>) => {
    const id = LARGE_TENANT + 1 - pages * PAGE
    const at = new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString()
    return request(
      'authenticated',
      `select ${columns} from public.employees
       where created_at <= $1::timestamptz and (created_at < $1::timestamptz or (created_at = $1::timestamptz and id < $2))
       order by created_at desc, id desc limit ${PAGE}`,
      [at, id],
    )
  }
  return { what: `page ${page} over page 1`, repeats, aim: 'at most 1.2', ours: read(page - 1), limit: read(0) }
}

/** What an employee pays for the own payslips in the largest company, over the same in one of a thousand. */
function ownPayslips(sql: Sql): RepeatedPair {
  const read = (organizationId: number) =>
    requestAs(sql, employeeSubjectOf(organizationId))(
      'authenticated',
      'select * from public.payslips order by period_start desc limit $1',
      [20],
    )
  return {
    what: `own payslips in a company of ${LARGE_TENANT.toLocaleString('en')} over one of ${SMALL_TENANT.toLocaleString('en')}`,
    repeats: 20,
    aim: 'at most 2',
    ours: read(1),
    limit: read(SMALL_ORGANIZATION),
  }
}

/** A comparison of two requests that read different rows, or none, would say nothing. */
export async function requireSame({ what, ours, limit }: RepeatedPair): Promise<void> {
  const [left, right] = [JSON.stringify(await ours()), JSON.stringify(await limit())]
  if (left !== right || left.includes('"[]"')) throw new Error(`"${what}" compares ${left} with ${right}.`)
}
