import { DatabaseError } from './database-error.ts'
import { failureFields, withoutSecrets } from './failure.ts'
import type { Clock, Log } from './ports.ts'
import { ConfigurationError } from './settings.ts'

/** What answers the doorbell of a worker. */
export type Doorbell = {
  /** The function's name, for the log. */
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  /** Whether the request carries the key of the scheduler. */
  readonly authorize: (request: Request) => Promise<boolean>
  /** Does what is due and returns counts. Called only for a request that was authorized. */
  readonly run: () => Promise<Readonly<Record<string, unknown>>>
}

/**
 * The HTTP side of a worker: a POST with the right key makes it do what is due and is answered with counts. The body of the
 * request is never read: a doorbell says that there may be work, not which.
 */
export async function answerDoorbell(request: Request, doorbell: Doorbell): Promise<Response> {
  const startedAtMs = doorbell.clock.now()
  const answered = await respond(doorbell, request)
  doorbell.log({
    event: `${doorbell.name}.request`,
    outcome: answered.response.ok ? 'done' : 'refused',
    status: answered.response.status,
    durationMs: doorbell.clock.now() - startedAtMs,
    ...answered.fields,
  })
  return answered.response
}

type Answered = { readonly response: Response; readonly fields: Readonly<Record<string, string | number>> }

async function respond(doorbell: Doorbell, request: Request): Promise<Answered> {
  try {
    if (request.method !== 'POST') {
      return refusal(405, 'method_not_allowed', 'This function is rung with POST.', 'Send an empty POST request.')
    }
    if (!(await doorbell.authorize(request))) {
      return refusal(
        401,
        'secret_key_required',
        'The request does not carry a secret key of this project.',
        'Send the secret key named "cron" in the header apikey.',
      )
    }
    const done = await doorbell.run()
    // Work that goes on after the answer, or joined a run that is under way, has been accepted and is not done.
    const isAccepted = done.accepted === true || done.joined === true
    return { response: Response.json(done, { status: isAccepted ? 202 : 200 }), fields: {} }
  } catch (error) {
    const fields = failureFields(error)
    if (error instanceof ConfigurationError) {
      const hint = 'Correct the setting of the function and deploy it again.'
      return refusal(500, 'configuration_invalid', withoutSecrets(error.message), hint, fields)
    }
    if (error instanceof DatabaseError) {
      const status = error.status >= 500 || error.status === 0 ? 503 : 500
      return refusal(status, error.code, withoutSecrets(error.message), error.hint, fields)
    }
    // Whatever this is was not foreseen, so its text is for the log of the operator only.
    return refusal(500, 'unexpected_error', 'The worker failed.', 'Read the log of the function.', fields)
  }
}

function refusal(
  status: number,
  code: string,
  message: string,
  hint: string | null,
  fields: Readonly<Record<string, string | number>> = {},
): Answered {
  return { response: Response.json({ error: { code, message, hint } }, { status }), fields: { code, ...fields } }
}
