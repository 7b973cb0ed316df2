/** What the console must know before it can ask for anything; the host that serves it writes it. */
export interface ConsoleConfig {
  /** The address of the Supabase project. */
  readonly url: string
  readonly publishableKey: string
  /** Where anybody can look a transaction up: `{hash}` stands for its hash. */
  readonly transactionLink?: string | undefined
  /** The Stellar network, as receipts name it. */
  readonly network?: string | undefined
}

/** Reads config.json beside the page. Throws with a sentence that says what is wrong. */
export async function loadConfig(): Promise<ConsoleConfig> {
  const address = `${import.meta.env.BASE_URL}config.json`
  const response = await fetch(address, { cache: 'no-store', credentials: 'omit' })
  if (!response.ok) throw new Error(`${address} answered ${response.status}.`)
  const config: unknown = await response.json()
  if (!isConfig(config)) throw new Error(`${address} must hold "url" and "publishableKey".`)
  return config
}

function isConfig(value: unknown): value is ConsoleConfig {
  if (typeof value !== 'object' || value === null) return false
  const { url, publishableKey } = value as Partial<Record<keyof ConsoleConfig, unknown>>
  return typeof url === 'string' && URL.canParse(url) && typeof publishableKey === 'string' && publishableKey !== ''
}

/** The address under which anybody can look a transaction up, where one is configured. */
export function transactionAddress(config: ConsoleConfig, hash: string): string | undefined {
  return config.transactionLink?.replace('{hash}', encodeURIComponent(hash))
}
