import type { Sql } from 'postgres'
import { type Model, toText } from './payroll-model.ts'
import { one } from './world.ts'

/** What the database says about a run, in the form of `stateOfModel`. */
export async function readState({ sql, run }: { readonly sql: Sql; readonly run: string }): Promise<unknown> {
  const { state } = one(
    await sql<{ state: unknown }[]>`
      select jsonb_build_object(
        'status', run.status, 'failure', run.failure_code, 'approved', run.approved_at is not null, 'count', run.item_count,
        'base', run.total_base_amount::text, 'bonus', run.total_bonus_amount::text, 'total', run.total_amount::text,
        'approvals', (
          select count(*) from public.payroll_run_approvals as approval
          where approval.payroll_run_id = run.id and approval.voided_at is null),
        'items', (
          select coalesce(jsonb_agg(concat_ws(' ', employee.first_name, item.item_type, item.amount, item.status) order by item.id), '[]')
          from public.payroll_items as item
          join public.employees as employee on employee.id = item.employee_id
          where item.payroll_run_id = run.id),
        'onTheWay', (
          select coalesce(jsonb_agg(concat_ws(' ', employee.first_name, operation.amount) order by operation.operation_index), '[]')
          from public.transaction_operations as operation
          join public.transactions as transaction on transaction.id = operation.transaction_id and transaction.is_live
          join public.employees as employee on employee.id = operation.employee_id
          where operation.payroll_run_id = run.id),
        'paidTwice', (
          select count(*) from (
            select from public.transaction_operations as operation
            where operation.payroll_run_id = run.id and operation.is_live
            group by operation.employee_id having count(*) > 1) as twice),
        'events', (
          select coalesce(jsonb_object_agg(told.type, told.count), '{}')
          from (
            select event.type, count(*) as count
            from public.events as event
            where event.organization_id = run.organization_id
              and (event.resource_type, event.resource_id) in (
                select 'payroll_run', run.id::text
                union all
                select 'transaction_operation', operation.id::text
                from public.transaction_operations as operation where operation.payroll_run_id = run.id)
            group by event.type) as told)
      ) as state
      from public.payroll_runs as run
      where run.id = ${run}`,
  )
  return state
}

/** What the model says about its run. */
export function stateOfModel(model: Readonly<Model>): unknown {
  const sum = (items: readonly { stroops: bigint }[]): string =>
    toText(items.reduce((total, { stroops }) => total + stroops, 0n))
  return {
    status: model.status,
    failure: model.failureCode ?? null,
    approved: model.approved,
    count: model.items.length,
    base: sum(model.items.filter(({ type }) => type === 'base')),
    bonus: sum(model.items.filter(({ type }) => type === 'bonus')),
    total: sum(model.items),
    approvals: model.approvers.size,
    items: model.items.map((item) => `${item.employee} ${item.type} ${toText(item.stroops)} ${item.status}`),
    onTheWay: [...(model.live ?? [])].map(([employee, items]) => `${employee} ${sum(items)}`),
    paidTwice: 0,
    events: model.events,
  }
}
