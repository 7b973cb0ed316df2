/** A HAL link. */
export type Link = { readonly href: string; readonly templated?: true }

/** A plain link. */
export function link(base: string, path: string): Link {
  return { href: `${base}${path}` }
}

/** A link to a list, with the page parameters as a template. */
export function pagedLink(base: string, path: string): Link {
  return { href: `${base}${path}{?cursor,limit,order}`, templated: true }
}
