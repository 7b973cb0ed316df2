import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'

const file = z.object({
  cases: z.array(z.object({ what: z.string(), holds: z.boolean(), parts: z.array(z.tuple([z.string(), z.number()])) })),
})

/** A text and whether a Stellar secret key stands in it. */
export type SecretKeyCase = { readonly what: string; readonly text: string; readonly holds: boolean }

/** The one table of cases for the rule about secret keys. */
export const SECRET_KEY_CASES: readonly SecretKeyCase[] = file
  .parse(JSON.parse(readFileSync(new URL('secret-key-cases.json', import.meta.url), 'utf8')))
  .cases.map(({ what, holds, parts }) => ({
    what,
    holds,
    text: parts.map(([text, times]) => text.repeat(times)).join(''),
  }))
