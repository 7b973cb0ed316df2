// biome-ignore-all lint/a11y/useSemanticElements: the heading belongs to rows that are taken out of the flow.
// biome-ignore-all lint/a11y/useFocusableInteractive: the button in the heading is what is pressed.
import { useMessages } from '../app/context.tsx'
import { Icon } from './icon.tsx'
import type { Column, SortedRows } from './use-sorted-rows.ts'

interface Props<Row> {
  readonly column: Column<Row>
  readonly sorted: SortedRows<Row>
  /** Without a button: on a phone the heading is there for screen readers only. */
  readonly isPlain: boolean
}

/** The name of a column; pressing it sorts upwards, then downwards, then not at all. */
export function Heading<Row>({ column, sorted, isPlain }: Props<Row>) {
  const { key, name, isNumber, isNameHidden, sortBy } = column
  const direction = sorted.directionOf(key)
  const next = direction === undefined ? 'asc' : direction === 'asc' ? 'desc' : undefined
  const isSortable = sortBy !== undefined && !isPlain
  const sort = direction === undefined ? 'none' : direction === 'asc' ? 'ascending' : 'descending'
  return (
    <div
      aria-sort={isSortable ? sort : undefined}
      className={`text-xs font-medium text-dim ${isNumber ? 'text-right' : ''}`}
      role="columnheader"
    >
      {isNameHidden ? (
        <span className="sr-only">{name}</span>
      ) : isSortable ? (
        <button
          className={`group -mx-1.5 inline-flex cursor-pointer items-center gap-1 rounded px-1.5 py-0.5 hover:bg-sunken hover:text-ink ${isNumber ? 'flex-row-reverse' : ''}`}
          onClick={() => sorted.choose(key, next)}
          type="button"
        >
          {name}
          <Icon
            className={`size-3.5 ${direction === undefined ? 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60' : ''}`}
            name={direction === 'desc' ? 'arrow-down' : 'arrow-up'}
          />
        </button>
      ) : (
        name
      )}
    </div>
  )
}

/** The order of the cards on a phone, where no headings stand. */
export function SortChoice<Row>(props: { readonly columns: readonly Column<Row>[]; readonly sorted: SortedRows<Row> }) {
  const t = useMessages()
  const { sorted } = props
  const sortable = props.columns.filter(({ sortBy }) => sortBy !== undefined)
  if (sortable.length === 0) return null
  const chosen = sortable.find(({ key }) => sorted.directionOf(key) !== undefined)
  const change = (value: string) => {
    const [key = '', direction] = value.split(' ')
    sorted.choose(key, direction === 'asc' || direction === 'desc' ? direction : undefined)
  }
  return (
    <select
      aria-label={t.common.order}
      className="no-print input"
      onChange={(event) => change(event.target.value)}
      value={chosen === undefined ? '' : `${chosen.key} ${sorted.directionOf(chosen.key)}`}
    >
      <option value="">{t.common.orderAsRead}</option>
      {sortable.flatMap(({ key, name }) => [
        <option key={`${key} asc`} value={`${key} asc`}>{`${name} ↑`}</option>,
        <option key={`${key} desc`} value={`${key} desc`}>{`${name} ↓`}</option>,
      ])}
    </select>
  )
}
