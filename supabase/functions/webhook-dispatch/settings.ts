import { ConfigurationError, type Environment, isTextList, parseJson } from '../_shared/worker/settings.ts'
import { type Network, parseNetwork } from './addresses.ts'

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
