/** A Stellar network that the stack and the demo can be told to use. */
export type NamedNetwork = {
  readonly passphrase: string
  readonly horizonUrl: string
  readonly rpcUrl: string | null
}

/** SDF's test network: anybody gets money there from friendbot, and it begins anew a few times a year. */
export const TESTNET: NamedNetwork = {
  passphrase: 'Test SDF Network ; September 2015',
  horizonUrl: 'https://horizon-testnet.stellar.org',
  rpcUrl: 'https://soroban-testnet.stellar.org',
}

/** Where money is real. Nothing that makes people up may run there. */
export const PUBLIC_PASSPHRASE = 'Public Global Stellar Network ; September 2015'

const PUBLIC_NAMES = ['mainnet', 'public', 'pubnet', 'livenet']

/**
 * The network that was asked for by name, at another Horizon if one is named; undefined for the sandbox. Throws a sentence for the
 * public network and for names that are none.
 */
export function namedNetwork(name: string | undefined, horizonUrl: string | undefined): NamedNetwork | undefined {
  if (PUBLIC_NAMES.includes(name?.toLowerCase() ?? '')) {
    throw new Error(
      `--network ${name} is the public network, where money is real: this program makes up people and asks friendbot for money. ` +
        'Install PayD in a Supabase project instead, as docs/deploy.md says.',
    )
  }
  if (name !== undefined && name !== 'testnet' && name !== 'sandbox') {
    throw new Error(`--network ${name} is unknown. Say testnet, or sandbox, which is the default.`)
  }
  if (name !== 'testnet') {
    if (horizonUrl === undefined) return undefined
    throw new Error('--horizon names a server of the test network, so it needs --network testnet as well.')
  }
  if (horizonUrl === undefined) return TESTNET
  if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(horizonUrl)) {
    throw new Error(`--horizon ${horizonUrl} is no address. Give one such as ${TESTNET.horizonUrl}.`)
  }
  // Who names another server gets all that is read from that one.
  return { ...TESTNET, horizonUrl: horizonUrl.replace(/\/+$/, ''), rpcUrl: null }
}
