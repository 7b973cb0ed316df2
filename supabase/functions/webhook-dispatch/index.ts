import { dispatchWiring } from '../_shared/adapters/dispatch-wiring.ts'
import { createHandler } from './handler.ts'

export default { fetch: createHandler(dispatchWiring()) }
