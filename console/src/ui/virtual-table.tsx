// biome-ignore-all lint/a11y/useSemanticElements: rows that are taken out of the flow cannot be those of a table element.
// biome-ignore-all lint/a11y/useFocusableInteractive: a row of a table is read and not pressed.
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'

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
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** How many there are in all, where that is known. */
  readonly total?: number | undefined
  /** Reads more; called when the end comes near. */
  readonly onMore?: (() => void) | undefined
}

const NARROW = '(max-width: 640px)'

/** A table of any length: only the rows near the screen exist. On a narrow screen it is a list of cards. */
export function VirtualTable<Row>({ label, columns, rows, keyOf, total, onMore }: Props<Row>) {
  const list = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + scrollY), [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (isNarrow ? 96 : 53),
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => keyOf(rows[index] as Row),
  })
  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - 20) onMore?.()
  }, [lastIndex, rows.length, onMore])
  const shown = columns.filter(({ isWideOnly }) => !isNarrow || !isWideOnly)
  const template = shown.map(({ width }) => width).join(' ')
  return (
    <div aria-label={label} aria-rowcount={(total ?? rows.length) + 1} className="card overflow-hidden" role="table">
      <div className={isNarrow ? 'sr-only' : 'border-b border-rule bg-sunken/60'} role="rowgroup">
        <div className="grid items-center gap-4 px-4 py-2" role="row" style={{ gridTemplateColumns: template }}>
          {shown.map(({ key, name, isNumber, isNameHidden }) => (
            <div
              className={`text-xs font-medium text-dim ${isNumber ? 'text-right' : ''}`}
              key={key}
              role="columnheader"
            >
              {isNameHidden ? <span className="sr-only">{name}</span> : name}
            </div>
          ))}
        </div>
      </div>
      <div className="relative" ref={list} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index] as Row
          return (
            <div
              aria-rowindex={index + 2}
              className="absolute inset-x-0 top-0 border-b border-rule"
              data-index={index}
              key={key}
              ref={virtual.measureElement}
              role="row"
              style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
            >
              {isNarrow ? <Card columns={shown} row={row} /> : <Cells columns={shown} row={row} template={template} />}
            </div>
          )
        })}
      </div>
    </div>
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
