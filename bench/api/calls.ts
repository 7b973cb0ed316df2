import type { Company } from './world.ts'

/** A call of the mix: what the SDK sends, and the same answer or change without row level security and PayD's functions. */
export interface MixedCall {
  readonly name: string
  readonly ours: ApiRequest
  readonly floor: ApiRequest
}

/** A request to the data API, after its address. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly token: string
  /** Made anew for every request, because two people cannot have one e-mail address. */
  readonly body?: () => unknown
}

const PERSON =
  'id,organization_id,auth_user_id,first_name,last_name,email,wallet_address,wallet_address_set_at,memo_type,memo,status,' +
  'position,department,salary,asset_code,asset_issuer,version,created_at,updated_at,deleted_at'

/** The list of people with every name spelled out, as the SDK asks for it, and with a star. */
export const PEOPLE_BY_NAME = `/employees?select=${PERSON}&deleted_at=is.null&order=created_at.desc,id.desc&limit=51`
export const PEOPLE_BY_STAR = PEOPLE_BY_NAME.replace(PERSON, '*')

/** Twelve calls that an afternoon with the console consists of: ten reads and two writes. */
export function mixOf({ tokens, organizationId, runId, employeeId, userId, ownId }: Company): readonly MixedCall[] {
  const tenant = `organization_id=eq.${organizationId}`
  const read = (name: string, path: string, also = tenant, token = tokens.manager): MixedCall => ({
    name,
    ours: { method: 'GET', path, token },
    floor: { method: 'GET', path: `${path}&${also}`, token: tokens.owner },
  })
  const person = () => ({
    first_name: 'New',
    last_name: 'Person',
    email: `${crypto.randomUUID()}@example.com`,
    salary: '1000',
  })
  const dark = () => ({ key: 'appearance.theme', value: 'dark' })
  return [
    read('newest runs', '/payroll_runs?select=*&order=created_at.desc,id.desc&limit=51'),
    read('one run', `/payroll_runs?select=*&id=eq.${runId}`),
    read('items of a run', `/payroll_items?select=*&payroll_run_id=eq.${runId}&order=id.asc&limit=51`),
    read('newest people', PEOPLE_BY_NAME),
    read('one person', `/employees?select=${PERSON}&id=eq.${employeeId}`),
    read('own payslips', '/payslips?select=*&limit=51', `${tenant}&employee_id=eq.${ownId}`, tokens.employee),
    read(
      'notifications',
      '/notifications?select=*&order=created_at.desc,id.desc&limit=51',
      `${tenant}&user_id=eq.${userId}`,
    ),
    read('preferences', '/user_preferences?select=*', `user_id=eq.${userId}`),
    {
      name: 'search',
      ours: {
        method: 'POST',
        path: '/rpc/search_employees',
        token: tokens.manager,
        body: () => ({ words: 'engineer' }),
      },
      floor: {
        method: 'GET',
        path: `/employees?select=*&deleted_at=is.null&search_vector=fts(simple).engineer&order=created_at.desc,id.desc&limit=20&${tenant}`,
        token: tokens.owner,
      },
    },
    {
      name: 'own organizations',
      ours: { method: 'POST', path: '/rpc/my_organizations', token: tokens.manager, body: () => ({}) },
      floor: { method: 'GET', path: `/organizations?select=*&id=eq.${organizationId}`, token: tokens.owner },
    },
    {
      name: 'add a person',
      ours: {
        method: 'POST',
        path: '/rpc/create_employee',
        token: tokens.manager,
        body: () => ({ fields: person() }),
      },
      floor: {
        method: 'POST',
        path: '/employees',
        token: tokens.owner,
        body: () => ({ organization_id: organizationId, ...person() }),
      },
    },
    {
      name: 'set a preference',
      ours: { method: 'POST', path: '/rpc/set_preference', token: tokens.manager, body: dark },
      floor: {
        method: 'PATCH',
        path: `/user_preferences?user_id=eq.${userId}`,
        token: tokens.owner,
        body: () => ({ preferences: { 'appearance.theme': 'dark' } }),
      },
    },
  ]
}
