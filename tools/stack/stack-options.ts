import type { PostgresBinaries } from '../lib/binaries.ts'
import type { DefaultPrivileges } from './bootstrap.ts'
import type { Functions } from './functions.ts'
import type { JwtClaims } from './jwt.ts'
import type { StackKeys } from './keys.ts'
import type { StackSandbox } from './sandbox.ts'
import type { Scheduler } from './scheduler.ts'

/** A Stellar network by its addresses. */
export type StackNetwork = {
  readonly passphrase: string
  readonly horizonUrl: string
  readonly rpcUrl: string | null
}

/** One finished step of the start. */
export type Progress = { readonly name: string; readonly durationMs: number }

/** What a stack is made of. Every part that is not named has a default that suits a test. */
export type StackOptions = {
  /** Folder for data, keys and logs; it persists. Default: a temporary folder, removed on stop. */
  readonly dataDir?: string
  /** Forgets everything an earlier run left in `dataDir`, keys included; default false. */
  readonly fresh?: boolean
  /** Port of the gateway; default 0 = a free one. The start fails when it is in use, because apps are set to it. */
  readonly port?: number
  /** Port of PostgreSQL, if it is free, else another one; default: a free one. */
  readonly databasePort?: number
  /** Port of the Stellar sandbox, if it is free, else another one; default: a free one. */
  readonly sandboxPort?: number
  /** An existing database to use instead of a server of its own, for example a clone of a test cluster. */
  readonly database?: { readonly url: string; readonly adminUrl: string }
  /** Folder that holds `supabase/` with migrations, functions and seed; default: PayD's. */
  readonly projectFolder?: string
  /** Folder of the built console; default: the one that `npm install` and `npm run build -w console` write. */
  readonly consoleFolder?: string
  readonly binaries?: PostgresBinaries
  readonly privileges?: DefaultPrivileges
  /** Runs the seed of the project after the migrations; default false. */
  readonly seed?: boolean
  /** Serves the edge functions: all (default), none, or the named ones. */
  readonly functions?: boolean | readonly string[]
  /** Serves private Broadcast under /realtime/v1; default true. */
  readonly realtime?: boolean
  /** Runs the scheduled jobs and answers doorbells; default true. */
  readonly scheduler?: boolean
  /** The Stellar network of the stack, or false for none; default: one ledger a second. */
  readonly sandbox?: { readonly ledgerIntervalMs?: number | 'manual'; readonly networkPassphrase?: string } | false
  /** A Stellar network of others in the place of a sandbox: no sandbox is started then. */
  readonly network?: StackNetwork
  /** More environment for the edge functions; wins over what the stack sets. */
  readonly secrets?: Readonly<Record<string, string>>
  /** More settings for PostgREST (PGRST_*). */
  readonly postgrest?: Readonly<Record<string, string>>
  readonly onProgress?: (step: Progress) => void
}

/** A running stack: a Supabase project on this machine, with a Stellar network beside it. */
export type Stack = {
  /** Origin of the gateway: /rest/v1, /auth/v1, /functions/v1, /realtime/v1, /console, /health. */
  readonly url: string
  /** The database as the role postgres, which is no superuser. */
  readonly databaseUrl: string
  /** The database as the superuser supabase_admin. */
  readonly adminUrl: string
  readonly dataDir: string
  readonly logFolder: string
  readonly keys: Omit<StackKeys, 'treasury' | 'superuserPassword'>
  /** The development treasury; the edge functions hold its secret key. */
  readonly treasury: { readonly publicKey: string }
  /** A token the data API accepts, for claims the local auth service does not issue (aal, app_metadata). */
  signJwt(claims: JwtClaims, options?: { readonly expiresInSeconds?: number }): string
  readonly sandbox: StackSandbox | undefined
  /** The network that is paid on: that of the sandbox, or another one; undefined for none. */
  readonly network: StackNetwork | undefined
  readonly functions: Functions
  readonly scheduler: Scheduler | undefined
  /** Resolves with a sentence when PostgreSQL or the sandbox ends without having been asked to, or PostgREST cannot be kept up. */
  readonly failed: Promise<string>
  /** Ends everything; leaves no process, no lock and, for a temporary folder, no data behind. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
