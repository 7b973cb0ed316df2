/** TanStack Query, in every framework it has. */
export { type Area, areasOfEvents } from './areas.ts'
export {
  type InvalidatingClient,
  invalidateArea,
  invalidateByEvents,
  invalidateEverything,
  type PaydKey,
  paydKey,
} from './keys.ts'
export { type PaydMutation, paydMutation } from './mutations.ts'
export { type PaydList, type PaydPages, type PaydProgress, type PaydQuery, paydQueries } from './queries.ts'
