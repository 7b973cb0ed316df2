import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/** What a connection string says: one meaning for both drivers, pg_dump and the Supabase CLI. */
export type DatabaseAddress = {
  /** The same address for programs: everything in it is encoded, and it says how the connection is encrypted. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** False only for this machine, and where the address says so. */
  readonly tls: false | ConnectionOptions
  /** Settings of the session, such as `options` and `application_name`. */
  readonly settings: Readonly<Record<string, string>>
}

/** An address that cannot be used: what is wrong with it, without its password, and what to do. */
export class AddressError extends Error {
  override readonly name = 'AddressError'
  readonly fix: string
  constructor(what: string, fix: string) {
    super(what)
    this.fix = fix
  }
}

const FORM = 'Write postgresql://user:password@host:5432/database.'

/**
 * Reads a connection string. Every connection but those to this machine is encrypted unless the address says `sslmode=disable`; the server is
 * verified with `verify-full`, against `sslrootcert` where it is given. Throws an AddressError that names what is wrong.
 */
export function readAddress(text: string): DatabaseAddress {
  const [, afterScheme] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text.trim()) ?? []
  if (afterScheme === undefined) throw new AddressError('The address is no connection string.', FORM)
  // The first of these signs ends user, password and host, so an @ behind it belongs to a password that was cut there.
  const authority = /^[^/?#]*/.exec(afterScheme)?.[0] ?? ''
  if (!authority.includes('@') && afterScheme.includes('@')) throw unencoded()
  const url = parsed(text.trim())
  const parameters = Object.fromEntries(url.searchParams)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw new AddressError('The address names no host.', FORM)
  const mode = modeOf(parameters, isThisMachine(host))
  const user = decoded(url.username)
  for (const name of ['password', 'ssl', 'sslmode']) url.searchParams.delete(name)
  url.searchParams.set('sslmode', mode)
  const password = parameters.password ?? decoded(url.password)
  url.password = encodeURIComponent(password)
  return {
    // A plus sign is a blank to some readers and a plus sign to others.
    url: url.href.replaceAll('+', '%20'),
    host,
    port: Number(url.port || 5432),
    database: decoded(url.pathname.slice(1)) || user,
    user,
    password,
    tls: tlsOf(mode, host, parameters),
    settings: Object.fromEntries(Object.entries(parameters).filter(([name]) => !OF_CLIENTS.has(name))),
  }
}

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof MODES)[number]

/** What an address says to a client and not to the server. */
const OF_CLIENTS = new Set(
  'ssl sslmode sslrootcert sslcert sslkey sslnegotiation password connect_timeout target_session_attrs channel_binding pgbouncer gssencmode'.split(
    ' ',
  ),
)

const isThisMachine = (host: string): boolean => ['127.0.0.1', 'localhost', '::1'].includes(host)

function modeOf(parameters: Readonly<Record<string, string>>, isLocal: boolean): Mode {
  const { ssl, sslmode = ssl, sslrootcert } = parameters
  if (sslmode === undefined || sslmode === 'prefer' || sslmode === 'allow') {
    if (sslrootcert !== undefined) return 'verify-full'
    return isLocal ? 'disable' : 'require'
  }
  if (sslmode === 'false' || sslmode === '0') return 'disable'
  if (sslmode === 'true' || sslmode === '1' || sslmode === 'no-verify') return 'require'
  const mode = MODES.find((known) => known === sslmode)
  if (mode === undefined) {
    throw new AddressError(`sslmode=${sslmode.slice(0, 20)} is unknown.`, `Write one of ${MODES.join(', ')}.`)
  }
  // With an authority at hand, an unverified connection is none that anybody wants; libpq reads it so too.
  return mode === 'require' && sslrootcert !== undefined ? 'verify-ca' : mode
}

function tlsOf(mode: Mode, host: string, parameters: Readonly<Record<string, string>>): false | ConnectionOptions {
  if (mode === 'disable') return false
  const { sslrootcert, sslcert, sslkey } = parameters
  const own = {
    ...(sslrootcert === undefined || sslrootcert === 'system' ? {} : { ca: fileOf('sslrootcert', sslrootcert) }),
    ...(sslcert === undefined ? {} : { cert: fileOf('sslcert', sslcert) }),
    ...(sslkey === undefined ? {} : { key: fileOf('sslkey', sslkey) }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  }
  if (mode === 'require') return { ...own, rejectUnauthorized: false }
  return mode === 'verify-ca' ? { ...own, checkServerIdentity: () => undefined } : own
}

function fileOf(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new AddressError(`The file ${path} of ${parameter} cannot be read.`, `Correct ${parameter}, or leave it out.`)
  }
}

function parsed(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new AddressError(
      'The address cannot be read.',
      `${FORM} In user and password, signs such as @ : / ? # [ ] % are percent-encoded; an IPv6 address stands in square brackets.`,
    )
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw unencoded()
  }
}

function unencoded(): AddressError {
  return new AddressError(
    'The password or user of the address holds a sign that must be encoded.',
    'Write @ as %40, / as %2F, ? as %3F, # as %23, : as %3A and % as %25.',
  )
}

/** What to do about a server that cannot be reached, as far as the address and the error tell. */
export function reachHint(text: string, words: string): string {
  const { host, tls } = readAddress(text)
  if (/^db\.\w+\.supabase\.\w+$/.test(host) && /ENOTFOUND|ENODATA|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/.test(words)) {
    return 'This host has an IPv6 address alone. Where the network has none, take the string of the session pooler (Connect, Session pooler, port 5432).'
  }
  if (tls !== false && /certificate|altname/i.test(words)) {
    return "The server's certificate is not trusted. Give the authority that signed it: on Supabase, Database, Settings, SSL configuration has it; then ?sslmode=verify-full&sslrootcert=<file>."
  }
  if (tls !== false && /TLS|SSL|ECONNRESET/i.test(words)) {
    return 'The server probably speaks no TLS. If everything on the way to it is yours, add ?sslmode=disable; the password is sent as it is then.'
  }
  return 'Check the address and that the server runs.'
}
