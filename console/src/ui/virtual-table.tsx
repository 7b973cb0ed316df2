// biome-ignore-all lint/a11y/useSemanticElements: rows that are taken out of the flow cannot be those of a table element.
// biome-ignore-all lint/a11y/useFocusableInteractive: a row of a table is read and not pressed.
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useMessages } from '../app/context.tsx'
import { useFormat } from '../format/use-format.ts'
import { Heading, SortChoice } from './table-heading.tsx'
import { type Column, useSortedRows } from './use-sorted-rows.ts'

export type { Column } from './use-sorted-rows.ts'

/** A list that is read page by page. */
export interface Growth {
  readonly hasMore: boolean
  readonly more: () => void
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** How there can be more rows; they are read when the end comes near, and all of them before they are sorted. */
  readonly growth?: Growth | undefined
  /** No cell ever takes more than two short lines, so no row needs to be measured where there is room for all columns. */
  readonly isEven?: boolean
}

const NARROW = '(max-width: 640px)'

/**
 * A table of any length: only the rows near the screen exist. On a narrow screen it is a list of cards. Rows are sorted once all are
 * there: the largest of the rows that happen to be read would be called the largest of all.
 */
export function VirtualTable<Row>({ label, columns, rows, keyOf, growth, isEven = false }: Props<Row>) {
  const list = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const [top, setTop] = useState(0)
  const [rowHeight] = useState(heightOfRow)
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + scrollY), [])
  const hasMore = growth?.hasMore ?? false
  const sorted = useSortedRows({ columns, rows, keyOf, isComplete: !hasMore })
  const shownRows = sorted.rows
  // One function for the same rows: with another one all places are worked out anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key of a row never changes.
  const getItemKey = useCallback(
    (index: number) => {
      const row = shownRows[index]
      return row === undefined ? index : keyOf(row)
    },
    [shownRows],
  )
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (isNarrow ? 96 : rowHeight),
    overscan: 4,
    // A row that comes a frame later is better than a scroll that waits for it.
    useFlushSync: false,
    scrollMargin: top,
    getItemKey,
  })
  // Rows that come into sight are made in small steps between which the browser scrolls on.
  const isFixed = isEven && !isNarrow
  const items = useDeferredValue(virtual.getVirtualItems())
  const lastIndex = items.at(-1)?.index ?? 0
  const more = growth?.more
  const wantsMore = hasMore && (sorted.isAsked || lastIndex >= rows.length - 20)
  // biome-ignore lint/correctness/useExhaustiveDependencies: every page that arrives may call for the next one.
  useEffect(() => {
    if (wantsMore) more?.()
  }, [wantsMore, more, rows.length])
  const shown = useMemo(() => columns.filter(({ isWideOnly }) => !isNarrow || !isWideOnly), [columns, isNarrow])
  const template = shown.map(({ width }) => width).join(' ')
  return (
    <>
      {isNarrow && <SortChoice columns={shown} sorted={sorted} />}
      {sorted.isAsked && hasMore && <ReadingAll count={rows.length} />}
      <div
        aria-label={label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        className="card overflow-hidden"
        role="table"
      >
        <div className={isNarrow ? 'sr-only' : 'border-b border-rule bg-sunken/60'} role="rowgroup">
          <div className="grid items-center gap-4 px-4 py-2" role="row" style={{ gridTemplateColumns: template }}>
            {shown.map((column) => (
              <Heading column={column} isPlain={isNarrow} key={column.key} sorted={sorted} />
            ))}
          </div>
        </div>
        <div className="relative" ref={list} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = shownRows[index]
            if (row === undefined) return null
            return (
              <div
                aria-rowindex={index + 2}
                className={`absolute inset-x-0 top-0 border-b border-rule ${isFixed ? 'h-[calc(3.25rem+1px)] [contain:strict]' : '[contain:layout_style]'}`}
                data-index={index}
                key={key}
                ref={isFixed ? undefined : virtual.measureElement}
                role="row"
                style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
              >
                <Shown columns={shown} row={row} template={isNarrow ? undefined : template} />
              </div>
            )
          })}
        </div>
      </div>
    </>
  )
}

interface Line<Row> {
  readonly columns: readonly Column<Row>[]
  readonly row: Row
  /** The widths of the columns; undefined where the row is a card. */
  readonly template: string | undefined
}

function Line<Row>({ columns, row, template }: Line<Row>) {
  return template === undefined ? (
    <Card columns={columns} row={row} />
  ) : (
    <Cells columns={columns} row={row} template={template} />
  )
}

/** While the list is scrolled only rows that come into sight are made: those that stay are the same. */
const Shown = memo(Line) as typeof Line

function ReadingAll({ count }: { readonly count: number }) {
  const t = useMessages()
  const format = useFormat()
  return (
    <p className="text-sm text-dim" role="status">
      {t.common.readingAll(format.count(count))}
    </p>
  )
}

function Cells<Row>({ columns, row, template }: { columns: readonly Column<Row>[]; row: Row; template: string }) {
  return (
    <div
      className="grid min-h-13 items-center gap-4 px-4 py-2 text-sm hover:bg-sunken/50"
      role="presentation"
      style={{ gridTemplateColumns: template }}
    >
      {columns.map(({ key, cell, isNumber }) => (
        <div className={`min-w-0 ${isNumber ? 'text-right' : ''}`} key={key} role="cell">
          {cell(row)}
        </div>
      ))}
    </div>
  )
}

function Card<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) {
  return (
    <div className="flex flex-col gap-1 px-4 py-3 text-sm" role="presentation">
      {columns.map(({ key, name, cell, isTitle, isNameHidden }) => (
        <div className={isTitle ? 'text-base font-medium' : 'flex justify-between gap-4'} key={key} role="cell">
          {!isTitle && (
            <span aria-hidden="true" className="text-dim">
              {isNameHidden ? '' : name}
            </span>
          )}
          <span className="min-w-0">{cell(row)}</span>
        </div>
      ))}
    </div>
  )
}

/** A row of two short lines and its rule, with the size of text that the person has chosen in the browser. */
const heightOfRow = (): number => 3.25 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize) + 1

function useIsNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(NARROW).matches)
  useEffect(() => {
    const media = matchMedia(NARROW)
    const changed = () => setIsNarrow(media.matches)
    media.addEventListener('change', changed)
    return () => media.removeEventListener('change', changed)
  }, [])
  return isNarrow
}
