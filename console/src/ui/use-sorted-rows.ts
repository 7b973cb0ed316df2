import {
  type ColumnDef,
  createSortedRowModel,
  type Row as RowOf,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo, useState } from 'react'
import { useConsole } from '../app/context.tsx'

/** What rows can be sorted by; null stands last in both directions. */
export type SortValue = string | number | bigint | null

/** A column: on a phone its value stands in a card, beside its name unless it is the title of the card. */
export interface Column<Row> {
  readonly key: string
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  /** Share of the width. */
  readonly width: string
  readonly isNumber?: boolean
  /** The name is for screen readers, because the cells say it themselves. */
  readonly isNameHidden?: boolean
  /** The title of the card on a phone. */
  readonly isTitle?: boolean
  /** Left out on a phone. */
  readonly isWideOnly?: boolean
  /** Makes the column one that rows can be sorted by. */
  readonly sortBy?: (row: Row) => SortValue
}

/** The rows in the order that the person chose, and what the headings need to show and change it. */
export interface SortedRows<Row> {
  readonly rows: readonly Row[]
  /** Whether the person asked for an order. */
  readonly isAsked: boolean
  readonly directionOf: (key: string) => 'asc' | 'desc' | undefined
  readonly choose: (key: string, direction: 'asc' | 'desc' | undefined) => void
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

/** Sorts rows by TanStack Table; until all are there they keep the order in which they came. */
export function useSortedRows<Row>(of: {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly isComplete: boolean
}): SortedRows<Row> {
  const { locale } = useConsole()
  const { rows, keyOf, isComplete } = of
  const [sorting, setSorting] = useState<SortingState>([])
  // The cells are none of the table's business: it knows by what each column is sorted.
  const sortable = of.columns.filter(({ sortBy }) => sortBy !== undefined)
  const names = sortable.map(({ key }) => key).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a column is sorted by follows from its name.
  const columns = useMemo(() => sortable.map((column) => definitionOf(column, locale)), [names, locale])
  // Rows that keep their order are none of the table's business: it would make an object of each, for every page that arrives.
  const isSorting = isComplete && sorting.length > 0
  const table = useTable({
    features,
    columns: columns as ColumnDef<typeof features, Row & object>[],
    data: isSorting ? (rows as readonly (Row & object)[]) : NO_ROWS,
    getRowId: keyOf,
    state: { sorting },
  })
  const [first] = sorting
  const ordered = isSorting ? table.getRowModel().rows : undefined
  const sorted = useMemo(() => ordered?.map(({ original }) => original), [ordered])
  return {
    rows: sorted ?? rows,
    isAsked: first !== undefined,
    directionOf: (key) => (first?.id === key ? (first.desc ? 'desc' : 'asc') : undefined),
    choose: (key, direction) => setSorting(direction === undefined ? [] : [{ id: key, desc: direction === 'desc' }]),
  }
}

const NO_ROWS: never[] = []

function definitionOf<Row>({ key, sortBy }: Column<Row>, locale: string) {
  const words = new Intl.Collator(locale, { numeric: true })
  return {
    id: key,
    // The table calls what is undefined the last in both directions.
    accessorFn: (row: Row) => sortBy?.(row) ?? undefined,
    sortUndefined: 'last' as const,
    sortFn: (a: RowOf<typeof features, Row & object>, b: RowOf<typeof features, Row & object>) =>
      compare(a.getValue<SortValue>(key), b.getValue<SortValue>(key), words),
  }
}

function compare(a: SortValue, b: SortValue, words: Intl.Collator): number {
  if (a === null || b === null || a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') return words.compare(a, b)
  return a < b ? -1 : 1
}
