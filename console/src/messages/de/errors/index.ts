import type { Sentence } from '../../sentence.ts'
import { access } from './access.ts'
import { connection } from './connection.ts'
import { contracts } from './contracts.ts'
import { input } from './input.ts'
import { ledger } from './ledger.ts'
import { payment } from './payment.ts'
import { people } from './people.ts'
import { runs } from './runs.ts'
import { values } from './values.ts'
import { webhooks } from './webhooks.ts'

/** Every refusal of the database and of the package in German. */
export const errors: Readonly<Record<string, Sentence>> = {
  ...access,
  ...connection,
  ...contracts,
  ...input,
  ...ledger,
  ...payment,
  ...people,
  ...runs,
  ...values,
  ...webhooks,
}
