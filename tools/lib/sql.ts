import postgres, { type Sql } from 'postgres'
import { readAddress } from './address.ts'

/** A connection for set-up work: one session, quiet about notices, closed by `sql.end()`. Encrypted, unless it is to this machine. */
export function connect(url: string, options: { readonly applicationName?: string } = {}): Sql {
  const { host, port, database, user, password, tls, settings } = readAddress(url)
  const { applicationName } = options
  return postgres({
    // In lists, because the driver takes the colons of an IPv6 address apart.
    ...({ host: [host], port: [port] } as object),
    ...{ database, user, password, ssl: tls },
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 10,
    connection: { ...settings, ...(applicationName === undefined ? {} : { application_name: applicationName }) },
  })
}

/** Runs `work` in one session and always ends the session. */
export async function withConnection<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = connect(url)
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

/**
 * A text without the passwords of the connection strings in it. A password may hold every character but white space, so
 * everything from the first colon to the last @ of an address is taken for one.
 */
export const withoutPassword = (text: string): string =>
  text.replace(/(\/\/[^\s:@/]*):\S*@/g, '$1:…@').replace(/\b((?:ssl)?password=)[^&\s]+/gi, '$1…')

/** The connection string of a database on 127.0.0.1. */
export function databaseUrl(port: number, database: string, role: string, password: string): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}
