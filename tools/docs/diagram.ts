import type { Table } from './catalogue.ts'

/** The tables and their relationships as a Mermaid entity relationship diagram. */
export function renderDiagram(tables: readonly Table[]): string {
  const lines = tables
    .filter((table) => !table.isView)
    .flatMap((table) => {
      // Every table belongs to an organization; the arrows would hide all others. Those with no other parent keep theirs.
      const parents = table.parents.filter((parent) => parent !== table.name)
      const shown = parents.length > 1 ? parents.filter((parent) => parent !== 'organizations') : parents
      return shown.map((parent) => `  ${parent} ||--o{ ${table.name} : has`)
    })
  return ['```mermaid', 'erDiagram', ...lines, '```'].join('\n')
}
