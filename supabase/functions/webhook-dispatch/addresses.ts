/** A range of IP addresses, such as 10.0.0.0/8. */
export type Network = { readonly version: 4 | 6; readonly first: bigint; readonly prefixLength: number }

type Address = { readonly version: 4 | 6; readonly value: bigint }

/** Why an address cannot be the endpoint of a customer, or `public` when nothing speaks against it. */
export type AddressClass = 'public' | 'unreadable' | (string & {})

/**
 * What an IP address is for. Everything that is not certainly the open internet has another class: private and local networks,
 * addresses with a special meaning, and IPv6 forms that carry an IPv4 address to somewhere else.
 */
export function classifyAddress(text: string): AddressClass {
  return remembered(classes, text, classOf)
}

/** Every delivery asks about the same few addresses again, and what an address is for does not change. */
const classes = new Map<string, AddressClass>()
const addresses = new Map<string, Address | null>()
const MAX_REMEMBERED = 1_000

function remembered<Value>(known: Map<string, Value>, text: string, find: (text: string) => Value): Value {
  let value = known.get(text)
  if (value === undefined) {
    value = find(text)
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(text, value)
  }
  return value
}

function classOf(text: string): AddressClass {
  const address = readAddress(text)
  if (address === null) return 'unreadable'
  const special = SPECIAL_NETWORKS.find(({ network }) => holds(network, address))
  if (special !== undefined) return special.meaning
  // All of the IPv6 internet is here; whatever is handed out next will be as well.
  if (address.version === 6 && !holds(GLOBAL_UNICAST_V6, address)) return 'not global unicast'
  return 'public'
}

/** Whether an address lies in a network. False for a text that is no address. */
export function networkHolds(network: Network, text: string): boolean {
  const address = remembered(addresses, text, readAddress)
  return address !== null && holds(network, address)
}

/** A network from its CIDR text. Throws TypeError when it is malformed, because a wrong list must not let anything through. */
export function parseNetwork(text: string): Network {
  const [base = '', prefix = '', ...rest] = text.split('/')
  const address = readAddress(base)
  const bits = address?.version === 4 ? 32 : 128
  const prefixLength = /^(0|[1-9][0-9]{0,2})$/.test(prefix) ? Number(prefix) : Number.NaN
  // The mapped form was read as IPv4, and then its prefix would count from the wrong end.
  const isMapped = address?.version === 4 && base.includes(':')
  if (address === null || rest.length > 0 || isMapped || !(prefixLength <= bits)) {
    throw new TypeError(`"${text.slice(0, 60)}" is not a network such as 10.0.0.0/8 or fd00::/8.`)
  }
  return { version: address.version, first: address.value, prefixLength }
}

function holds(network: Network, address: Address): boolean {
  if (network.version !== address.version) return false
  const hostBits = BigInt((network.version === 4 ? 32 : 128) - network.prefixLength)
  return network.first >> hostBits === address.value >> hostBits
}

/** Reads canonical addresses, as the URL parser and resolvers write them. An IPv4-mapped IPv6 address is that IPv4 address. */
function readAddress(text: string): Address | null {
  if (!text.includes(':')) {
    const value = parseIPv4(text)
    return value === null ? null : { version: 4, value }
  }
  const value = parseIPv6(text)
  if (value === null) return null
  return value >> 32n === 0xffffn ? { version: 4, value: value & 0xffff_ffffn } : { version: 6, value }
}

function parseIPv4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let value = 0n
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null
    value = (value << 8n) | BigInt(part)
  }
  return value
}

function parseIPv6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = parseGroups(halves[0] ?? '')
  const tail = parseGroups(halves[1] ?? '')
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  return [...head, ...new Array<bigint>(missing).fill(0n), ...tail].reduce((value, group) => (value << 16n) | group, 0n)
}

function parseGroups(text: string): readonly bigint[] | null {
  if (text === '') return []
  const parts = text.split(':')
  const groups: bigint[] = []
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 && part.includes('.') ? parseIPv4(part) : null
    if (embedded !== null) groups.push(embedded >> 16n, embedded & 0xffffn)
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`))
    else return null
  }
  return groups
}

const GLOBAL_UNICAST_V6 = parseNetwork('2000::/3')

const SPECIAL_NETWORKS: readonly { readonly network: Network; readonly meaning: string }[] = Object.entries({
  'this network': ['0.0.0.0/8'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  'shared address space': ['100.64.0.0/10'],
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  'protocol assignments': ['192.0.0.0/24', '2001::/23'],
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  AS112: ['192.31.196.0/24', '192.175.48.0/24', '2620:4f:8000::/48'],
  AMT: ['192.52.193.0/24'],
  '6to4': ['192.88.99.0/24', '2002::/16'],
  benchmarking: ['198.18.0.0/15'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  reserved: ['240.0.0.0/4'],
  unspecified: ['::/128'],
  'IPv4-compatible': ['::/96'],
  NAT64: ['64:ff9b::/96', '64:ff9b:1::/48'],
  'discard-only': ['100::/64'],
  'segment routing': ['5f00::/16'],
  'site-local': ['fec0::/10'],
}).flatMap(([meaning, networks]) => networks.map((network) => ({ network: parseNetwork(network), meaning })))
