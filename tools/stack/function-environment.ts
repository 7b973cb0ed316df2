import type { StackKeys } from './keys.ts'

/** What the edge functions see: the names a hosted project sets, and PayD's own secrets. */
export function functionEnvironment(gatewayUrl: string, keys: StackKeys): Record<string, string> {
  return {
    SUPABASE_URL: gatewayUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret, cron: keys.cron }),
    SUPABASE_PUBLISHABLE_KEY: keys.publishable,
    SUPABASE_SECRET_KEY: keys.secret,
    PAYD_SIGNING_KEYS: JSON.stringify([keys.treasury.secretKey]),
    // Receivers of webhooks live on this machine, where the filter against inward requests would refuse them.
    PAYD_WEBHOOK_ALLOWED_NETWORKS: JSON.stringify(['127.0.0.0/8', '::1/128']),
    PAYD_WEBHOOK_ALLOW_HTTP: 'true',
  }
}
