import type { ResultRow } from '../measure.ts'
import { measuredSession, spread } from '../measure.ts'
import type { OurQueue } from './ours.ts'

const ITEMS = 10_000

/** What it costs the transaction of a payroll to write its 10,000 events, with 0, 1 and 10 subscriptions. */
export async function measureEmit(ours: OurQueue, sinkUrl: string): Promise<ResultRow[]> {
  const session = await measuredSession(ours.sql)
  const rows: ResultRow[] = []
  for (const subscriptions of [0, 1, 10]) {
    const seconds: number[] = []
    for (let round = 0; round < 3; round++) {
      const [organization] = await ours.sql<{ id: string }[]>`
        insert into public.organizations (name) values ('Emit') returning id`
      const id = organization?.id ?? ''
      await ours.sql`
        insert into public.webhook_subscriptions (organization_id, url)
        select ${id}, ${sinkUrl} || '/' || n from generate_series(1, ${subscriptions}::int) as n`
      const nanoseconds = await session.cpuOf(
        () => ours.sql`
          select private.emit_events(${id}, array_agg(row('payment.completed', 'payroll_item', gen.n::text,
            gen.n::text, jsonb_build_object('payroll_run_id', 7, 'employee_id', gen.n,
              'amount', '2000.0000000'))::private.event_input))
          from generate_series(1, ${ITEMS}) as gen (n)`,
      )
      seconds.push(nanoseconds / 1e9)
      await ours.clear()
    }
    rows.push({
      what: `processor time to write ${ITEMS} events in one transaction with ${subscriptions} subscriptions`,
      unit: 's',
      ...spread(seconds),
    })
  }
  return rows
}
