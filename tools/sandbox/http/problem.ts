/** An error that Horizon answers as problem+json. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly extras: Record<string, unknown> | undefined
  readonly headers: Record<string, string>

  constructor(input: {
    readonly status: number
    readonly type: string
    readonly title: string
    readonly detail: string
    readonly extras?: Record<string, unknown>
    readonly headers?: Record<string, string>
  }) {
    super(input.detail)
    this.name = 'Problem'
    this.status = input.status
    this.type = input.type
    this.title = input.title
    this.extras = input.extras
    this.headers = input.headers ?? {}
  }
}

/** The body of a problem as Horizon writes it. */
export function problemBody(problem: Problem): Record<string, unknown> {
  return {
    type: `https://stellar.org/horizon-errors/${problem.type}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    ...(problem.extras && { extras: problem.extras }),
  }
}

/** 400 for one wrong parameter. */
export function invalidField(field: string, reason: string): Problem {
  return new Problem({
    status: 400,
    type: 'bad_request',
    title: 'Bad Request',
    detail: 'The request you sent was invalid in some way.',
    extras: { invalid_field: field, reason },
  })
}

/** 404 for a record or a route that is not there. */
export function notFound(): Problem {
  return new Problem({
    status: 404,
    type: 'not_found',
    title: 'Resource Missing',
    detail:
      'The resource at the url requested was not found. Either the url is not valid, ' +
      'or there is no data with these parameters.',
  })
}

/** 410 for history that the server no longer keeps. */
export function beforeHistory(): Problem {
  return new Problem({
    status: 410,
    type: 'before_history',
    title: 'Data Requested Is Before Recorded History',
    detail: 'This server keeps only the latest part of the history, and the request asks for an older part.',
  })
}

/** 504 after a submission whose fate the server does not know. */
export function submissionTimeout(hash: string, envelopeXdr: string): Problem {
  return new Problem({
    status: 504,
    type: 'transaction_submission_timeout',
    title: 'Transaction Submission Timeout',
    detail:
      'Your transaction submission request has timed out. This does not necessarily mean the submission has failed. ' +
      'Before resubmitting, poll GET /transactions with the hash in `extras.hash`.',
    extras: { hash, envelope_xdr: envelopeXdr },
  })
}

const TITLES: Readonly<Record<number, readonly [type: string, title: string]>> = {
  400: ['bad_request', 'Bad Request'],
  403: ['forbidden', 'Forbidden'],
  404: ['not_found', 'Resource Missing'],
  406: ['not_acceptable', 'An acceptable response content-type could not be provided for this request'],
  413: ['request_entity_too_large', 'Request Entity Too Large'],
  415: ['unsupported_media_type', 'Unsupported Media Type'],
  429: ['rate_limit_exceeded', 'Rate Limit Exceeded'],
  500: ['server_error', 'Internal Server Error'],
  502: ['bad_gateway', 'Bad Gateway'],
  503: ['service_unavailable', 'Service Unavailable'],
  504: ['timeout', 'Timeout'],
}

/** A problem by status alone. */
export function problemOfStatus(status: number, detail: string, headers: Record<string, string> = {}): Problem {
  const [type, title] = TITLES[status] ?? ['server_error', `Status ${status}`]
  return new Problem({ status, type, title, detail, headers })
}
