import { ConfigurationError, type Environment, isTextList, parseJson } from '../_shared/worker/settings.ts'
import { createKeyring, type Keyring } from './sign.ts'

/** The keys that payroll-disburse signs with. Without the setting there are none, and no run can be paid by this function. */
export function signingKeys(environment: Environment): Keyring {
  const setting = environment('PAYD_SIGNING_KEYS')
  const parsed = setting === undefined ? [] : parseJson(setting)
  if (!isTextList(parsed)) {
    throw new ConfigurationError('PAYD_SIGNING_KEYS is not a JSON array of Stellar secret keys, such as ["S…"].')
  }
  try {
    return createKeyring(parsed)
  } catch (error) {
    throw new ConfigurationError(
      `PAYD_SIGNING_KEYS: ${error instanceof TypeError ? error.message : 'a key is malformed.'}`,
    )
  }
}
