import { withoutSecrets } from './failure.ts'
import type { Log } from './ports.ts'

/** Writes every unit of work as one line of JSON, texts shortened and with secrets struck out. */
export const jsonLog: Log = (line) => {
  const fields = Object.entries(line).map(([name, value]) => [
    name,
    typeof value === 'string' ? withoutSecrets(value) : value,
  ])
  console.log(JSON.stringify(Object.fromEntries(fields)))
}
