import type { Database as Generated } from './database.types.ts'
import type {
  EmployeeId,
  OrganizationId,
  PayrollItemId,
  PayrollRunId,
  TransactionId,
  UserId,
  WalletId,
  WebhookSubscriptionId,
} from './ids.ts'

/** Asset units with seven decimals, such as `"4200.0000000"`. Never a number: a number cannot hold every amount. */
export type Amount = string

type Tables = Generated['public']['Tables']
type Functions = Generated['public']['Functions']

/** A table or view the SDK reads. */
export type TableName = keyof Tables & string
/** A function of the database the SDK calls. */
export type FunctionName = keyof Functions & string
/** The arguments of a database function, by their SQL names. An optional one may be undefined, which JSON leaves out. */
export type FunctionArguments<Name extends FunctionName> = Loose<Functions[Name]['Args']>
type Loose<Arguments> = {
  [Key in keyof Arguments]: object extends Pick<Arguments, Key> ? Arguments[Key] | undefined : Arguments[Key]
}

// The generator turns numeric into number and every id into number, so the columns that are more than that are named here.
// A flat mapped type per table: deep merges of the whole generated type exceed the compiler's depth in large apps.
type Override<Row, Columns> = { [Key in keyof Row]: Key extends keyof Columns ? Columns[Key] : Row[Key] }
/** The row of a table with the columns that are more exact than generated, without those that are not for apps. */
type Row<Name extends TableName, Columns, Hidden extends string = never> = Override<
  Omit<Tables[Name]['Row'], Hidden>,
  Columns & { organization_id: OrganizationId }
>

/** What a person may do in an organization; each role includes the ones before it. */
export type Role = 'viewer' | 'manager' | 'admin'

/** A company that pays people. */
export type Organization = Row<'organizations', { id: OrganizationId }>

/** A person's membership in one organization. */
export type Member = Row<'users', { id: UserId; role: Role }>

/** A person an organization pays. */
export type Employee = Row<'employees', { id: EmployeeId; salary: Amount | null }, 'search_vector'>

/** One asset at one Stellar address, as far as the last sync knows. */
export type Wallet = Row<
  'wallets',
  {
    id: WalletId
    employee_id: EmployeeId | null
    wallet_type: 'employee' | 'organization' | 'escrow' | 'treasury'
    balance: Amount
    account_state: 'unknown' | 'exists' | 'missing'
    trustline_state: 'not_needed' | 'unknown' | 'exists' | 'missing'
  }
>

/** Where a payroll run is: draft → pending → processing → completed or failed. */
export type PayrollRunStatus = 'draft' | 'pending' | 'processing' | 'completed' | 'failed' | 'discarded'

/** One attempt to pay a set of employees for one period. */
export type PayrollRun = Row<
  'payroll_runs',
  {
    id: PayrollRunId
    status: PayrollRunStatus
    total_base_amount: Amount
    total_bonus_amount: Amount
    total_amount: Amount
    created_by: UserId | null
    submitted_by: UserId | null
  }
>

/** One amount for one employee in a run. */
export type PayrollItem = Row<
  'payroll_items',
  {
    id: PayrollItemId
    payroll_run_id: PayrollRunId
    employee_id: EmployeeId
    item_type: 'base' | 'bonus'
    amount: Amount
    status: 'pending' | 'completed' | 'failed'
  }
>

/** One Stellar transaction that PayD prepared, with up to 100 operations. */
export type Transaction = Row<
  'transactions',
  {
    id: TransactionId
    employee_id: EmployeeId | null
    payroll_run_id: PayrollRunId | null
    amount: Amount
    status: 'pending' | 'completed' | 'failed'
    submission_state:
      | 'prepared'
      | 'awaiting_signature'
      | 'submitting'
      | 'applied'
      | 'applied_failed'
      | 'never_applied'
      | 'held'
  },
  'search_vector' | 'signed_envelope_xdr' | 'last_http_status'
>

/** One payment inside a transaction. */
export type TransactionOperation = Row<
  'transaction_operations',
  {
    transaction_id: TransactionId
    payroll_run_id: PayrollRunId | null
    employee_id: EmployeeId
    operation_type: 'payment' | 'create_account'
    amount: Amount
  }
>

/** An endpoint that hears of an organization's events. */
export type WebhookSubscription = Row<'webhook_subscriptions', { id: WebhookSubscriptionId }>

/** One attempt to deliver one event to one endpoint. */
export type WebhookDeliveryLog = Row<
  'webhook_delivery_logs',
  { subscription_id: WebhookSubscriptionId; outcome: 'delivered' | 'retrying' | 'dead' }
>
