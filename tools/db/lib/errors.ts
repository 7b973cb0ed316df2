export { errorText } from '../../lib/error-text.ts'

/** What a command answers to the shell: 0 ok, 1 something was found or failed, 2 the command was used wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const

/**
 * A refusal a person can act on: the message says what is wrong, `why` says why it matters, `fix` says what to do now.
 * Thrown by every function of the migration tools; the command line prints all three.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly why: string | undefined
  readonly fix: string
  readonly exitCode: number

  constructor(
    what: string,
    options: { readonly fix: string; readonly why?: string; readonly exitCode?: number; readonly cause?: unknown },
  ) {
    super(what, options.cause === undefined ? {} : { cause: options.cause })
    this.why = options.why
    this.fix = options.fix
    this.exitCode = options.exitCode ?? EXIT.failed
  }
}

/** A refusal of the command line itself (exit code 2): an unknown version, a missing option, a malformed file of settings. */
export const usageError = (what: string, fix: string): ToolError => new ToolError(what, { fix, exitCode: EXIT.usage })
