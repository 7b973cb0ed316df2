import { type Mail, SITE_URL } from './mail.ts'

/** How the auth service of @supabase/lite is opened. */
export type AuthServiceOptions = {
  readonly databaseUrl: string
  readonly jwtSecret?: string
  readonly publishableKey?: string
  readonly secretKey?: string
  /** Takes the mails; default: they are thrown away. */
  readonly mail?: { send(mail: Mail): Promise<void> }
}

/** The auth service of @supabase/lite, as much of it as PayD uses. */
export type AuthService = {
  /** Answers a request whose path begins with /auth/v1. */
  fetch(request: Request): Promise<Response>
  ensureSystemSchema(): Promise<void>
  close(): Promise<void>
}

// Loading the package costs 0.3 s of processor time, so it is loaded once, and early while other processes start.
let loading: Promise<(options: AuthServiceOptions) => AuthService> | undefined

/** Loads @supabase/lite (once per process) and returns the function that opens its auth service. */
export function loadLite(): Promise<(options: AuthServiceOptions) => AuthService> {
  loading ??= load()
  return loading
}

async function load(): Promise<(options: AuthServiceOptions) => AuthService> {
  // The package replaces this function by one that throws when a warning is an Error, as Node's own warnings are.
  const { emitWarning } = process
  const [{ App }, { createPostgresConnection }] = await Promise.all([
    import('@supabase/lite'),
    import('@supabase/lite/postgres'),
  ])
  process.emitWarning = emitWarning
  return (options) => {
    const connection = createPostgresConnection({
      url: options.databaseUrl,
      postgresOptions: { max: 5, onnotice: () => undefined },
    })
    // In any other state its first request for data would grant everybody everything in every schema with a protected
    // table. Only /auth/v1 reaches it, and this holds even if that should change.
    Object.assign(connection, { rlsState: 'active' })
    const app = new App({
      connection,
      api: { enabled: true, schemas: ['public'], extra_search_path: [], max_rows: 1000 },
      auth: {
        enabled: true,
        jwt_secret: options.jwtSecret ?? 'unused-while-only-creating-the-tables',
        publishable_key: options.publishableKey ?? 'sb_publishable_unused',
        secret_key: options.secretKey ?? 'sb_secret_unused',
        site_url: SITE_URL,
      },
      options: {
        // The package would otherwise answer unknown paths with pages of its own.
        server: { disableStudio: true, disableFallback: true },
        drivers: { email: options.mail ?? { send: async () => undefined } },
      },
    })
    return {
      fetch: async (request) => app.fetch(request),
      ensureSystemSchema: () => app.ensureSystemSchema(),
      close: () => connection.close(),
    }
  }
}
