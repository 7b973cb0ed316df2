import { disburseWiring } from '../_shared/adapters/disburse-wiring.ts'
import { createHandler } from './handler.ts'

export default { fetch: createHandler(disburseWiring()) }
