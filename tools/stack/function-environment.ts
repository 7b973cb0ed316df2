import type { StackKeys } from './keys.ts'

/** Settings that only one function gets. The treasury's key stays away from the function that talks to strangers. */
const OWN: Readonly<Record<string, (keys: StackKeys) => Record<string, string>>> = {
  'payroll-disburse': (keys) => ({
    PAYD_SIGNING_KEYS: JSON.stringify([keys.treasury.secretKey]),
    PAYD_CHANNEL_KEYS: '{}',
  }),
  'webhook-dispatch': () => ({
    // Receivers of webhooks live on this machine, where the filter against inward requests would refuse them.
    PAYD_WEBHOOK_ALLOWED_NETWORKS: JSON.stringify(['127.0.0.0/8', '::1/128']),
    PAYD_WEBHOOK_ALLOW_HTTP: 'true',
    PAYD_WEBHOOK_PROXY: '',
  }),
}

/** What one edge function sees: the names a hosted project sets, and the secrets of PayD that are its own. */
export function functionEnvironment(name: string, gatewayUrl: string, keys: StackKeys): Record<string, string> {
  return {
    SUPABASE_URL: gatewayUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret, cron: keys.cron }),
    SUPABASE_PUBLISHABLE_KEY: keys.publishable,
    SUPABASE_SECRET_KEY: keys.secret,
    ...OWN[name]?.(keys),
  }
}

/** The workers that speak only with the gateway and with Stellar. */
const INWARD = ['payroll-disburse', 'horizon-sync']

/** The hosts that one edge function may reach; undefined for any. With the sandbox, Stellar is on this machine as well. */
export function functionNetwork(name: string, hasSandbox: boolean): readonly string[] | undefined {
  return hasSandbox && INWARD.includes(name) ? ['127.0.0.1'] : undefined
}
