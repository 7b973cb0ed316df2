import type { ErrorShape } from '../contract/errors.ts'

/** A refusal or failure of the database. `code` is stable; `lease_lost` means that another worker has taken over. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly code: string
  readonly hint: string | null
  readonly status: number

  constructor(shape: ErrorShape, action: string) {
    super(`Could not ${action}: ${shape.message}`)
    this.code = shape.code
    this.hint = shape.hint
    this.status = shape.status
  }
}
