import type { ResolveHost } from '../_shared/worker/ports.ts'
import { classifyAddress, type Network, networkHolds } from './addresses.ts'

/** Where webhooks may go. */
export type DestinationPolicy = {
  /** Only in development: also plain http. */
  readonly allowHttp: boolean
  /** Networks that are reachable although they are not public. Empty in production. */
  readonly allowedNetworks: readonly Network[]
  /** This project's own address, which must not be made to call itself; null when unknown. */
  readonly ownUrl: string | null
}

/** An address that may be dialled, with every IP address its name stands for, or why it may not. */
export type Destination =
  | { readonly isAllowed: true; readonly url: URL; readonly addresses: readonly string[] }
  | Refusal

type Refusal = { readonly isAllowed: false; readonly problem: DestinationProblem; readonly message: string }

export type DestinationProblem =
  | 'url_malformed'
  | 'scheme_not_allowed'
  | 'credentials_in_url'
  | 'port_not_allowed'
  | 'host_not_allowed'
  | 'own_project'
  | 'address_not_public'
  | 'name_not_resolved'

/**
 * Whether a webhook may be sent to an address. The URL parser reads all spellings of a literal address (hexadecimal, octal,
 * one number, full-width digits) as one; a name is resolved, and refused if any of its addresses is not public: a mixed answer
 * is how a name is made to point inside. Answers at once where no name server has to be asked. Rejects only when the deadline passes.
 */
export function checkDestination(
  address: string,
  policy: DestinationPolicy,
  resolve: ResolveHost,
  deadline: { readonly signal: AbortSignal },
): Destination | Promise<Destination> {
  const about = knownOf(address, policy)
  if ('isAllowed' in about) return about
  if (about.literal !== null) return judgedOf(about, about.literal, policy)
  const asked = askedOf(about.url.hostname, resolve, deadline)
  if (!(asked instanceof Promise)) return judgedOf(about, asked, policy)
  return asked.then((addresses) => {
    deadline.signal.throwIfAborted()
    return judgedOf(about, addresses, policy)
  })
}

/** What an address says by itself; what its name stands for is asked again and again. */
type Known = {
  readonly url: URL
  readonly literal: readonly string[] | null
  /** What was found about the addresses of the last time. */
  judged: { readonly addresses: readonly string[]; readonly destination: Destination } | null
}

/** The same addresses come again and again; nothing is kept of one that is refused for what it says. */
const MAX_KNOWN = 2_000
const known = new WeakMap<DestinationPolicy, Map<string, Known>>()

function knownOf(address: string, policy: DestinationPolicy): Known | Refusal {
  const all = known.get(policy) ?? new Map<string, Known>()
  known.set(policy, all)
  const earlier = all.get(address)
  if (earlier !== undefined) return earlier
  const url = URL.parse(address)
  if (url === null) return refuse('url_malformed', 'The address is not a URL.')
  const problem = problemOfUrl(url, policy)
  if (problem !== null) return problem
  const about: Known = { url, literal: literalOf(url.hostname), judged: null }
  if (all.size >= MAX_KNOWN) all.clear()
  all.set(address, about)
  return about
}

/** The addresses of a name; none where they cannot be found out. */
function askedOf(
  hostname: string,
  resolve: ResolveHost,
  deadline: { readonly signal: AbortSignal },
): readonly string[] | Promise<readonly string[]> {
  const asked = resolve(hostname, deadline.signal)
  return asked instanceof Promise ? asked.catch(() => []) : asked
}

function judgedOf(about: Known, addresses: readonly string[], policy: DestinationPolicy): Destination {
  if (about.judged?.addresses === addresses) return about.judged.destination
  const destination = judge(about.url, addresses, policy)
  about.judged = { addresses, destination }
  return destination
}

function judge(url: URL, addresses: readonly string[], policy: DestinationPolicy): Destination {
  if (addresses.length === 0) {
    return refuse('name_not_resolved', 'The host name could not be resolved to an address.')
  }
  for (const candidate of addresses) {
    if (isAllowedNetwork(candidate, policy)) continue
    const meaning = classifyAddress(candidate)
    if (meaning !== 'public')
      return refuse('address_not_public', `The host is not on the public internet (${meaning}).`)
    // Only what an operator allowed by network may use any port: there it is the operator's own machine.
    if (!isAllowedPort(url)) return refuse('port_not_allowed', `Port ${url.port} is not allowed.`)
  }
  return { isAllowed: true, url, addresses }
}

function problemOfUrl(url: URL, policy: DestinationPolicy): Refusal | null {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp)) {
    return refuse('scheme_not_allowed', 'Webhooks are sent over https only.')
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('credentials_in_url', 'The address must not contain a user name or password.')
  }
  const { hostname } = url
  if (isOwnProject(url, policy)) return refuse('own_project', 'The address belongs to this project itself.')
  if (literalOf(hostname) === null && (!hostname.includes('.') || INTERNAL_NAME.test(hostname))) {
    return refuse('host_not_allowed', 'The host name is not one of the public internet.')
  }
  return null
}

/** The addresses that a host stands for without a name server, or null for a name. */
function literalOf(hostname: string): readonly string[] | null {
  if (hostname === 'localhost') return ['127.0.0.1', '::1']
  if (hostname.startsWith('[')) return [hostname.slice(1, -1)]
  return /^[0-9.]+$/.test(hostname) ? [hostname] : null
}

/** Names that only a local network knows, and names written with a final dot to get around such a list. */
const INTERNAL_NAME =
  /(?:\.|(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|test|invalid|onion|arpa))$/

function isAllowedNetwork(address: string, policy: DestinationPolicy): boolean {
  return policy.allowedNetworks.some((network) => networkHolds(network, address))
}

function isAllowedPort(url: URL): boolean {
  if (url.port === '') return true
  const port = Number(url.port)
  return port === 443 || port === 8443 || (port >= 1024 && !SERVICE_PORTS.has(port))
}

/** Ports of databases, queues, remote control and mail, where a signed JSON body could be taken for a command. */
const SERVICE_PORTS: ReadonlySet<number> = new Set([
  1080, 1433, 1434, 1521, 1719, 1720, 1723, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3260, 3306, 3389, 3659,
  4045, 4190, 4369, 5060, 5061, 5432, 5433, 5671, 5672, 5900, 5984, 5985, 5986, 6000, 6379, 6432, 6443, 6514, 6543,
  6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7001, 7199, 8086, 8125, 8300, 8301, 8500, 8600, 9042, 9092, 9093,
  9100, 9160, 9200, 9300, 9418, 10080, 10250, 10255, 11211, 15672, 25672, 27017, 27018, 27019,
])

/** The project's own host, and on Supabase every other host of the same project reference. */
function isOwnProject(url: URL, policy: DestinationPolicy): boolean {
  const own = ownUrlOf(policy)
  if (own === null) return false
  if (literalOf(own.hostname) !== null) return url.host === own.host
  if (url.hostname === own.hostname) return true
  const [reference = '', ...platform] = own.hostname.split('.')
  return (
    /^[a-z]{20}$/.test(reference) &&
    url.hostname.endsWith(`.${platform.join('.')}`) &&
    url.hostname.split('.').includes(reference)
  )
}

const ownUrls = new WeakMap<DestinationPolicy, URL | null>()

/** The address of this project, read once: it is compared with every address that is dialled. */
function ownUrlOf(policy: DestinationPolicy): URL | null {
  let own = ownUrls.get(policy)
  if (own === undefined) {
    own = policy.ownUrl === null ? null : URL.parse(policy.ownUrl)
    ownUrls.set(policy, own)
  }
  return own
}

function refuse(problem: DestinationProblem, message: string): Refusal {
  return { isAllowed: false, problem, message }
}
