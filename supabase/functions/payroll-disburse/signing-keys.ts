import { StrKey } from '@stellar/stellar-sdk/base'
import { ConfigurationError, type Environment, isTextList, parseJson } from '../_shared/worker/settings.ts'
import { createKeyring, type Keyring } from './sign.ts'

/**
 * The keys that payroll-disburse signs with: of treasuries, and of channel accounts under the address of their treasury. Without the
 * settings there are none, and no run can be paid by this function.
 */
export function signingKeys(environment: Environment): Keyring {
  const setting = environment('PAYD_SIGNING_KEYS')
  const keys = setting === undefined ? [] : parseJson(setting)
  if (!isTextList(keys)) {
    throw new ConfigurationError('PAYD_SIGNING_KEYS is not a JSON array of Stellar secret keys, such as ["S…"].')
  }
  const channelSetting = environment('PAYD_CHANNEL_KEYS')
  const channels = channelSetting === undefined ? {} : parseJson(channelSetting)
  if (!isKeysByTreasury(channels)) {
    throw new ConfigurationError(
      'PAYD_CHANNEL_KEYS is not a JSON object that names the secret keys of the channel accounts of each treasury, such as {"G…": ["S…"]}.',
    )
  }
  try {
    return createKeyring(keys, channels)
  } catch (error) {
    throw new ConfigurationError(
      `PAYD_SIGNING_KEYS, PAYD_CHANNEL_KEYS: ${error instanceof TypeError ? error.message : 'a key is malformed.'}`,
    )
  }
}

function isKeysByTreasury(value: unknown): value is Readonly<Record<string, readonly string[]>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(([treasury, keys]) => StrKey.isValidEd25519PublicKey(treasury) && isTextList(keys))
}
