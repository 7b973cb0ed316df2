/** How a request goes wrong: an HTTP status, a connection reset, or no answer at all. */
export type FailureMode = number | 'reset' | 'hang'

/** Whether a submission fails before the network sees the envelope, or after the network took it. */
export type Stage = 'before' | 'after'

/** The envelope that a made-up holder of a sequence number shows. */
export type FalseEnvelope = 'text' | 'unsigned' | 'wrong-signer' | 'wrong-hash' | 'replayed'

/** Which requests a fault strikes. */
export type Where = {
  /**
   * `**` (default), a group (`reads`, `submissions`, `horizon`, `rpc`), an RPC method (`rpc:getTransaction`), or a path
   * in which `*` stands for one part and a final `**` for the rest (`/accounts/*` or `/accounts/**`).
   */
  readonly route?: string
  /** Only requests whose path, query or body contains this text, such as one hash or one cursor. */
  readonly contains?: string
  /** How many requests it strikes, or `forever`. Default 1; `forever` where the server or the history is another one. */
  readonly count?: number | 'forever'
  /** How many requests it lets pass before the first. */
  readonly skip?: number
  /** Strikes each n-th request only: 2 is one of two replicas behind a balancer. */
  readonly every?: number
  /** Strikes a request with this chance; which ones follows from the seed. */
  readonly chance?: number
  /** The seed of everything that is drawn; the default follows from the network's seed and the place in the list. */
  readonly seed?: string
}

/** What goes wrong. */
export type Harm =
  // The request fails.
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly stage?: Stage }
  | { readonly kind: 'reset'; readonly stage?: Stage }
  | { readonly kind: 'hang'; readonly stage?: Stage }
  // The answer is right and does not arrive as it is.
  | { readonly kind: 'cut'; readonly bytes?: number }
  | { readonly kind: 'stall'; readonly bytes?: number }
  | { readonly kind: 'slow'; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'truncate'; readonly bytes?: number }
  | { readonly kind: 'damage'; readonly bytes?: number }
  | { readonly kind: 'text'; readonly text: string; readonly contentType?: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string | null }
  // A page is not the page that was asked for.
  | { readonly kind: 'reorder' }
  | { readonly kind: 'duplicate'; readonly records?: number }
  | { readonly kind: 'drop'; readonly records?: number }
  | { readonly kind: 'short'; readonly keep: number }
  | { readonly kind: 'loop' }
  // A value is false.
  | { readonly kind: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'balance'; readonly value: string; readonly account?: string; readonly asset?: string }
  | { readonly kind: 'latest-ledger'; readonly ledger: number }
  // The server is another one.
  | { readonly kind: 'stale'; readonly ledgers: number }
  | { readonly kind: 'frozen'; readonly ledger?: number }
  | { readonly kind: 'reaped'; readonly elder: number }
  // The history is false.
  | { readonly kind: 'pretend-applied' }
  | { readonly kind: 'pretend-failed'; readonly hash: string }
  | { readonly kind: 'hide'; readonly hash: string }
  | {
      readonly kind: 'holder'
      readonly account: string
      readonly sequence: string
      readonly envelope?: FalseEnvelope
    }

/** A fault: what goes wrong, and for which requests. */
export type Fault = Where & Harm

/** A fault that is on, with its number and how often it struck. */
export type StandingFault = Fault & { readonly id: number; readonly struck: number }

/** The harms of some kinds. */
export type HarmOf<K extends Harm['kind']> = Extract<Harm, { kind: K }>
