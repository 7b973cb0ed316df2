import { type LinkProps, useRouter } from '@tanstack/react-router'
import { type MouseEvent, type ReactNode, useCallback } from 'react'

/** Stands in an address in place of the id of a row. */
const ANY_ID = '4503599627370496'

/**
 * The addresses of one page for all rows of a table. The router works out one of them, and the others differ by the id only: asked for every
 * row, it would take longer than the rows take to be drawn. `place` is given the id that stands for all.
 */
export function useRowAddress(
  place: (id: string) => Pick<LinkProps, 'to' | 'params' | 'search'>,
): (id: string | number) => string {
  const router = useRouter()
  const { publicHref } = router.buildLocation(place(ANY_ID) as never)
  const address = router.history.createHref(publicHref)
  return useCallback((id) => address.replace(ANY_ID, String(id)), [address])
}

/** A link in a row of a long table: a press goes there without loading the page anew, and nothing is watched meanwhile. */
export function RowLink(props: { readonly address: string; readonly className: string; readonly children: ReactNode }) {
  const router = useRouter()
  const go = (event: MouseEvent) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!isPlain || event.defaultPrevented) return
    event.preventDefault()
    router.history.push(props.address)
  }
  return (
    <a className={props.className} href={props.address} onClick={go}>
      {props.children}
    </a>
  )
}
