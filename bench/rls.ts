import postgres from 'postgres'
import { startCluster } from '../tools/stack/cluster.ts'
import { type Benchmark, compare, measuredSession, type ResultRow } from './measure.ts'
import { pairs, requireSame } from './rls/pairs.ts'
import { claimsOf, HEADERS } from './rls/request.ts'
import { scans } from './rls/scans.ts'
import { EMPLOYEES, load, ORGANIZATIONS, SMALL_ORGANIZATION, subjectOf } from './rls/world.ts'

const ROUNDS = 9

/** Row level security against the same statement without it and with an explicit organization, in a small and in a large tenant. */
export const rls: Benchmark = async (tell) => {
  const cluster = await startCluster()
  try {
    await cluster.createDatabase('bench')
    await cluster.migrate('bench')
    const sql = postgres(cluster.urlFor('bench', 'supabase_admin'), {
      max: 1,
      onnotice: () => undefined,
      prepare: true,
    })
    try {
      tell(`loading ${EMPLOYEES.toLocaleString('en')} employees of ${ORGANIZATIONS.toLocaleString('en')} organizations`)
      await load(sql)
      const rows: ResultRow[] = []
      const session = await measuredSession(sql)
      rows.push(...(await scans(session, ROUNDS, tell)))
      for (const tenant of [
        {
          name: 'small tenant',
          organizationId: SMALL_ORGANIZATION,
          subject: subjectOf(SMALL_ORGANIZATION),
          manager: subjectOf(ORGANIZATIONS + SMALL_ORGANIZATION),
        },
        {
          name: '100,000-strong tenant',
          organizationId: 1,
          subject: subjectOf(1),
          manager: subjectOf(ORGANIZATIONS + 1),
        },
      ]) {
        for (const pair of pairs(sql, tenant)) {
          if (pair.reads === 'the same') await requireSame(pair)
          const row = await compare(
            session,
            { ...pair, what: `${pair.what}, ${tenant.name}` },
            { rounds: ROUNDS, repeats: pair.repeats },
          )
          tell(`${row.what}: ${row.median.toFixed(2)} (${row.detail})`)
          rows.push(row)
        }
      }
      return {
        title: 'What row level security costs',
        remarks:
          'A point read looks up the membership of the caller anew in every request, so that a removal holds at once; that look-up, and reading the claims, is what the policy costs. Step by step: docs/decisions/024-what-a-reader-costs.md. Writes have no policy: people write through functions, which resolve the caller, look for secret keys, check every amount and address, honour idempotency keys and answer each row of an import. The triggers write the audit trail, the event and the wallet; beside each write stands the bare statement without any trigger.',
        method: `Processor time of the database backend for a request as PostgREST sends it (transaction, role, claims of ${claimsOf(subjectOf(1)).length} bytes, headers of ${HEADERS.length} bytes, a prepared statement whose values are bound), as an authenticated viewer without any filter of the client, over the same request as the owner with \`organization_id\` given and no row level security. ${EMPLOYEES.toLocaleString('en')} employees of ${ORGANIZATIONS.toLocaleString('en')} organizations; ${ROUNDS} rounds in turn.`,
        rows,
      }
    } finally {
      await sql.end()
    }
  } finally {
    await cluster.stop()
  }
}
