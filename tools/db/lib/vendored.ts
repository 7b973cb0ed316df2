import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Project } from './project.ts'

/** What stands in a migration of a release that "payd init" copied, before the row that says so. */
export const VENDOR_MARK = '-- payd: this migration is part of a release; the row and the change are one transaction.'

/** Holds a row for each copied migration, which its rollback takes along; no person writes there. */
export const RELEASE_TABLE = 'private.payd_migrations'

/** The `<version>_<name>` that a copied migration has in every project, whatever stamp its file got in this one. */
export const originalId = (name: string): string | undefined => /^payd_(\d{14}_[a-z][a-z0-9_]*)$/.exec(name)?.[1]

/** The 14 digits that are the same in every project: those of PayD's release for a copied migration, else the version. */
export const keyOf = (version: string, name: string): string => originalId(name)?.slice(0, 14) ?? version

/** The text of a copied file as the release brought it. */
export function originalText(text: string): string {
  const end = text.indexOf(`\n${VENDOR_MARK}`)
  return end === -1 ? text : text.slice(0, end)
}

const Lock = z.object({ migrations: z.record(z.string(), z.object({ sha256: z.string() })) })

type Copied = { readonly original?: string; readonly up: { readonly text: string }; readonly down: object | undefined }

/** Whether a copied migration is what its release brought: proven there, and unchanged here. */
export function isAsReleased(project: Project, { original, up, down }: Copied): boolean {
  const path = join(project.root, 'supabase', 'payd.lock.json')
  if (original === undefined || !down || !existsSync(path)) return false
  const lock = Lock.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  const hash = createHash('sha256').update(originalText(up.text)).digest('hex')
  return lock.success && lock.data.migrations[original.slice(0, 14)]?.sha256 === hash
}
