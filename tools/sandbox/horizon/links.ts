/** Where a caller reached the server, and whether the server keeps the metas of transactions. */
export type Site = { readonly base: string; readonly keepsMeta: boolean }

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
