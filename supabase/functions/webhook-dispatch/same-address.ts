/** Whether two texts are the same address, however they are written; an IPv4 address in IPv6 form is that address. */
export function isSameAddress(peer: string, address: string): boolean {
  return canonical(peer) === canonical(address)
}

function canonical(address: string): string {
  const text = address.includes(':') ? `http://[${address.replace(/^\[|\]$/g, '')}]` : `http://${address}`
  return URL.canParse(text) ? new URL(text).hostname.replace(/^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/, mapped) : address
}

function mapped(_: string, high: string, low: string): string {
  const value = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}
