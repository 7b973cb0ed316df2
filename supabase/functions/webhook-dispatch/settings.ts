import { ConfigurationError, type Environment, isTextList, parseJson } from '../_shared/worker/settings.ts'
import { type Network, parseNetwork } from './addresses.ts'
import type { WebhookProxy } from './proxy.ts'

/** The networks that webhooks may reach although they are not public. None without the setting. */
export function allowedNetworks(environment: Environment): readonly Network[] {
  const setting = environment('PAYD_WEBHOOK_ALLOWED_NETWORKS')
  const parsed = setting === undefined ? [] : parseJson(setting)
  if (!isTextList(parsed)) {
    throw new ConfigurationError(
      'PAYD_WEBHOOK_ALLOWED_NETWORKS is not a JSON array of networks, such as ["127.0.0.0/8"].',
    )
  }
  try {
    return parsed.map(parseNetwork)
  } catch (error) {
    throw new ConfigurationError(
      `PAYD_WEBHOOK_ALLOWED_NETWORKS: ${error instanceof Error ? error.message : 'malformed.'}`,
    )
  }
}

/** Whether webhooks may go over plain http. Only the exact word true allows it. */
export function allowHttpWebhooks(environment: Environment): boolean {
  return environment('PAYD_WEBHOOK_ALLOW_HTTP') === 'true'
}

/** The proxy through which webhooks leave; null without the setting, and where it is empty. */
export function webhookProxy(environment: Environment): WebhookProxy | null {
  const setting = environment('PAYD_WEBHOOK_PROXY')
  if (setting === undefined || setting === '') return null
  const url = URL.parse(setting)
  const credentials = url && credentialsOf(url)
  if (url?.protocol !== 'http:' || `${url.pathname}${url.search}${url.hash}` !== '/' || credentials === null) {
    throw new ConfigurationError(
      'PAYD_WEBHOOK_PROXY is not the address of an HTTP proxy, such as http://name:password@10.1.2.3:3128.',
    )
  }
  const authorization = credentials === ':' ? null : `Basic ${base64Of(credentials)}`
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80), authorization }
}

/** Name and password of an address, or null where they are malformed. */
function credentialsOf({ username, password }: URL): string | null {
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  } catch {
    return null
  }
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
