import postgres, { type Sql } from 'postgres'

/** A connection for set-up work: one session, quiet about notices, closed by `sql.end()`. */
export function connect(url: string): Sql {
  return postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 10 })
}

/** The connection string of a database on 127.0.0.1. */
export function databaseUrl(port: number, database: string, role: string, password: string): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}
