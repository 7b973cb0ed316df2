import { analyseFile } from '../../lib/analysis.ts'
import { astHash } from '../../lib/ast-hash.ts'
import { changeClasses } from '../../lib/change-class.ts'
import type { LockEntry, LockFile } from '../../lib/lock-file.ts'
import type { Migration } from '../../lib/migrations.ts'
import { engineVersion } from '../../lib/pg-delta.ts'
import { readRollbackHeader } from '../../lib/rollback-header.ts'
import { squawkVersion } from '../lint/squawk.ts'
import type { PairProof } from './proof.ts'

/** Whether the lock file holds no proof of this very text on the schema that the migration before it leaves. */
export function isChanged(migration: Migration, previous: Migration | undefined, lock: LockFile): boolean {
  const entry = lock[migration.version]
  if (!entry || entry.name !== migration.name || !entry.proof.catalogIdentity) return true
  const before = previous === undefined ? undefined : lock[previous.version]
  const hasMoved = before !== undefined && before.catalog.after !== entry.catalog.before
  return hasMoved || hashOf(migration.up.text) !== entry.up || hashOf(migration.down?.text ?? '') !== entry.down
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
  const versions = new Set(migrations.map((migration) => migration.version))
  const kept = Object.entries(lock).filter(([version]) => versions.has(version))
  const proven = proofs
    .filter((proof) => proof.findings.length === 0)
    .map((proof) => [proof.migration.version, entryOf(proof, lock)] as const)
  // What failed must not keep the entry of its former text.
  const failed = new Set(proofs.filter((proof) => proof.findings.length > 0).map((proof) => proof.migration.version))
  return Object.fromEntries([...kept.filter(([version]) => !failed.has(version)), ...proven])
}

function entryOf(proof: PairProof, lock: LockFile): LockEntry {
  const { migration } = proof
  const up = astHash(migration.up.text)
  const file = analyseFile(migration.up)
  const old = lock[migration.version]
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
    tools: { 'pg-delta': engineVersion(), squawk: squawkVersion() },
  }
}
