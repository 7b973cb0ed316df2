import { syncWiring } from '../_shared/adapters/sync-wiring.ts'
import { createHandler } from './handler.ts'

export default { fetch: createHandler(syncWiring()) }
