import { analyseFile } from '../../lib/analysis.ts'
import { astHash } from '../../lib/ast-hash.ts'
import { CATALOG_FORM } from '../../lib/catalog.ts'
import { changeClasses } from '../../lib/change-class.ts'
import type { LockEntry, LockFile } from '../../lib/lock-file.ts'
import type { Migration } from '../../lib/migrations.ts'
import { readRollbackHeader } from '../../lib/rollback-header.ts'
import { squawkVersion } from '../lint/squawk.ts'
import type { PairProof } from './proof.ts'

/**
 * Versions whose very text the lock file does not prove on the schema that the migrations before it leave. A forward file
 * that changed moves the schema below all later ones, so they are among them; a rollback that changed moves nothing.
 */
export function changedVersions(migrations: readonly Migration[], lock: LockFile): Set<string> {
  const changed = new Set<string>()
  let hasMoved = false
  for (const [index, migration] of migrations.entries()) {
    if (migration.original !== undefined) continue
    const entry = lock[migration.key]
    const previous = lock[migrations[index - 1]?.key ?? '']
    hasMoved ||= !entry || entry.up !== hashOf(migration.up.text)
    hasMoved ||= previous !== undefined && previous.catalog.after !== entry?.catalog.before
    const isProven =
      entry?.name === migration.name &&
      entry.down === hashOf(migration.down?.text ?? '') &&
      entry.tools.catalog === CATALOG_FORM
    if (hasMoved || !isProven) changed.add(migration.version)
  }
  return changed
}

// A broken file is different from every proven one, and the proof will say where it is broken.
function hashOf(text: string): string {
  return analyseFile({ path: '', shown: '', text }).sql ? astHash(text) : ''
}

/** The lock file with new entries for what was proven and none for what failed or is gone. */
export function renewLockFile(
  lock: LockFile,
  migrations: readonly Migration[],
  proofs: readonly PairProof[],
): LockFile {
  const versions = new Set(migrations.map((migration) => migration.key))
  const kept = Object.entries(lock).filter(([version]) => versions.has(version))
  const proven = proofs
    .filter((proof) => proof.findings.length === 0)
    .map((proof) => [proof.migration.key, entryOf(proof, lock)] as const)
  // What failed must not keep the entry of its former text.
  const failed = new Set(proofs.filter((proof) => proof.findings.length > 0).map((proof) => proof.migration.key))
  return Object.fromEntries([...kept.filter(([version]) => !failed.has(version)), ...proven])
}

function entryOf(proof: PairProof, lock: LockFile): LockEntry {
  const { migration } = proof
  const up = astHash(migration.up.text)
  const file = analyseFile(migration.up)
  const old = lock[migration.key]
  return {
    name: migration.name,
    up,
    down: astHash(migration.down?.text ?? ''),
    class: changeClasses(file.sql?.statements ?? [], file.effects).map((reason) => reason.changeClass),
    rollback: readRollbackHeader(migration.down?.text ?? '').header?.loss.kind ?? 'impossible',
    catalog: { before: proof.before, after: proof.after },
    proof: {
      catalogIdentity: proof.catalogIdentity,
      dataPreserved: proof.dataPreserved,
      killPoints: proof.killPoints,
      n1: { queries: proof.queries, broken: proof.brokenQueries },
    },
    locks: old?.up === up ? old.locks : [],
    pg: proof.serverVersion,
    tools: { catalog: CATALOG_FORM, squawk: squawkVersion() },
  }
}
