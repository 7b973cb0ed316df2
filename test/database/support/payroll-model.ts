/** What a payroll run should be after any commands: plain data and rules, written without looking at the SQL. */
export type Model = {
  readonly required: number
  status: 'draft' | 'pending' | 'processing' | 'completed' | 'failed'
  failureCode: string | undefined
  submitter: string | undefined
  /** People who created the draft or edited its items. */
  readonly preparers: Set<string>
  approvers: Set<string>
  approved: boolean
  items: ModelItem[]
  /** The items that the live transaction pays, by the employee in the order of its operations. */
  live: Map<string, ModelItem[]> | undefined
  /** Accepted changes of state, which the world must hear of exactly once each. */
  events: Record<string, number>
}

/** One item of the model. Amounts are stroops. */
export type ModelItem = {
  readonly employee: string
  readonly type: 'base' | 'bonus'
  readonly stroops: bigint
  status: 'pending' | 'completed' | 'failed'
}

/** The codes a failed transaction can report for an operation, and what they mean. */
export const CODES = { op_success: 'good', op_no_trust: 'item', op_line_full: 'item', op_underfunded: 'stop' } as const
export type OperationCode = keyof typeof CODES

/** A new draft with one salary for each employee. */
export function newModel(
  employees: readonly string[],
  salaryStroops: bigint,
  required: number,
  creator: string,
): Model {
  return {
    required,
    status: 'draft',
    failureCode: undefined,
    submitter: undefined,
    preparers: new Set([creator]),
    approvers: new Set(),
    approved: false,
    items: employees.map((employee) => ({ employee, type: 'base', stroops: salaryStroops, status: 'pending' })),
    live: undefined,
    events: {},
  }
}

/** Each command changes the model and returns `ok`, or the code of the refusal and changes nothing. */
export const commands = {
  addBonus: (model: Model, person: string, employee: string, stroops: bigint): string => {
    const refused = edit(model, person)
    if (refused === 'ok') model.items.push({ employee, type: 'bonus', stroops, status: 'pending' })
    return refused
  },

  removeItem: (model: Model, person: string, index: number): string => {
    const refused = edit(model, person)
    if (refused === 'ok') model.items.splice(index, 1)
    return refused
  },

  submit: (model: Model, person: string): string => {
    if (model.status === 'pending' && model.submitter === person) return 'ok'
    if (model.status !== 'draft') return 'payroll_run_not_draft'
    if (model.items.length === 0) return 'payroll_run_is_empty'
    model.status = 'pending'
    model.submitter = person
    return tell(model, 'payroll.submitted')
  },

  approve: (model: Model, person: string): string => {
    if (model.status !== 'pending') return 'payroll_run_not_pending'
    if (model.submitter === person) return 'approver_is_submitter'
    if (model.preparers.has(person)) return 'approver_prepared_run'
    model.approvers.add(person)
    if (model.approved || model.approvers.size < model.required) return 'ok'
    model.approved = true
    return tell(model, 'payroll.approved')
  },

  reject: (model: Model): string => {
    if (model.status !== 'pending') return 'payroll_run_not_pending'
    backToDraft(model)
    return tell(model, 'payroll.rejected')
  },

  disburse: (model: Model): string => {
    if (model.status === 'processing' || model.status === 'completed') return 'ok'
    if (model.status !== 'pending' || !model.approved) return 'payroll_run_not_approved'
    model.status = 'processing'
    return tell(model, 'payroll.started')
  },

  retry: (model: Model): string => {
    if (model.status === 'processing') return 'ok'
    if (model.status !== 'failed') return 'payroll_run_not_failed'
    for (const item of model.items) if (item.status === 'failed') item.status = 'pending'
    model.status = 'processing'
    model.failureCode = undefined
    return tell(model, 'payroll.started')
  },

  stop: (model: Model): string => {
    if (model.live) return 'payroll_run_has_live_transaction'
    if (model.status === 'processing') fail(model, 'no_key')
    return 'ok'
  },

  /** Prepares a transaction for the next `most` unpaid employees, in the order given. */
  persist: (model: Model, employees: readonly string[], most: number): string => {
    if (model.live) return 'live_transaction_exists'
    const unpaid = employees.filter((employee) => pendingOf(model, employee).length > 0).slice(0, most)
    model.live = new Map(unpaid.map((employee) => [employee, pendingOf(model, employee)]))
    return 'ok'
  },

  applied: (model: Model): string => {
    for (const items of model.live?.values() ?? []) {
      for (const item of items) item.status = 'completed'
      tell(model, 'payment.completed')
    }
    model.live = undefined
    return finish(model)
  },

  neverApplied: (model: Model): string => {
    model.live = undefined
    return finish(model)
  },

  /** The transaction is in the ledger and failed, with a code for each of its operations. */
  appliedFailed: (model: Model, codes: readonly OperationCode[]): string => {
    const payments = [...(model.live?.values() ?? [])]
    for (const [index, items] of payments.entries()) {
      if (CODES[codes[index] ?? 'op_success'] !== 'item') continue
      for (const item of items) item.status = 'failed'
      tell(model, 'payment.failed')
    }
    model.live = undefined
    const stop = codes.find((code) => CODES[code] === 'stop')
    if (stop) fail(model, stop)
    else if (codes.every((code) => code === 'op_success')) fail(model, 'tx_failed')
    return finish(model)
  },
}

function edit(model: Model, person: string): string {
  if (model.status === 'pending') backToDraft(model)
  if (model.status !== 'draft') return 'payroll_run_not_editable'
  model.preparers.add(person)
  return 'ok'
}

function backToDraft(model: Model): void {
  model.status = 'draft'
  model.submitter = undefined
  model.approvers.clear()
  model.approved = false
}

function fail(model: Model, code: string): void {
  model.status = 'failed'
  model.failureCode = code
  tell(model, 'payroll.failed')
}

function finish(model: Model): string {
  if (model.status !== 'processing' || model.items.some(({ status }) => status === 'pending')) return 'ok'
  if (model.items.some(({ status }) => status === 'failed')) {
    fail(model, 'items_not_paid')
    return 'ok'
  }
  model.status = 'completed'
  return tell(model, 'payroll.completed')
}

function tell(model: Model, event: string): 'ok' {
  model.events[event] = (model.events[event] ?? 0) + 1
  return 'ok'
}

const pendingOf = (model: Model, employee: string): ModelItem[] =>
  model.items.filter((item) => item.employee === employee && item.status === 'pending')

/** An amount as the database writes it: seven decimals. */
export function toText(stroops: bigint): string {
  const digits = stroops.toString().padStart(8, '0')
  return `${digits.slice(0, -7)}.${digits.slice(-7)}`
}
