import { testFilesOf } from '../check/validate/tests.ts'
import { defineCommand } from '../lib/command.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import { writeLoss } from '../lib/rollback-header.ts'
import { notifiedRoles, requiredRoles } from './approvals.ts'
import { type Pair, readPair } from './pair.ts'
import { writeReport } from './report.ts'

type Options = { readonly pullRequest?: boolean }

export const command = defineCommand<Options>({
  name: 'report',
  teach: `Writes docs/migrations/<version>_report.md from the journals of every environment that can be reached: timeline, tests,
catalogue, approvals, metrics before and after, failures. push writes it too. What only a person knows stays an open line.

  npm run db -- report add_memo
  npm run db -- report add_memo --pull-request     print the text of the pull request and the commit instead`,
  configure: (command) => {
    command
      .argument('<migration>', 'version or name')
      .option('--pull-request', 'print the text for the pull request and the commit')
  },
  run: async ({ context, project, arguments: [wanted = ''], options }) => {
    const migration = findMigration(readMigrations(project).migrations, wanted)
    if (options.pullRequest) {
      const text = pullRequestText(project, readPair(migration))
      return { ok: true, text, data: { migration: migration.id, text } }
    }
    const path = await writeReport({ project, migration, context })
    return { ok: true, text: `Wrote ${path}.`, data: { migration: migration.id, path } }
  },
})

/** The commit message and the body of the pull request of a pair. */
export function pullRequestText(project: Project, pair: Pair): string {
  const { migration, approval } = pair
  const header = pair.analysed.header.header
  const changes = pair.analysed.up.effects.map(
    (effect) =>
      `- ${effect.verb} ${effect.kind} ${effect.name}${effect.table && effect.table !== effect.name ? ` on ${effect.table}` : ''}`,
  )
  return `feat(db): ${pair.title}

Migration: ${migration.id}
${header?.purpose ?? ''}

## Changes
${[...new Set(changes)].join('\n') || '- none'}

## Breaking change
${header?.breaking ?? 'not declared'}

## Rollback
${migration.down ? `${migration.down.shown} (${pair.loss ? writeLoss(pair.loss) : 'not declared'})` : 'missing'}

## Tests
${shortened(testFilesOf(project, pair.analysed)).join('\n') || 'missing'}

## Before production
- approvals: ${requiredRoles(approval).join(', ')}
- to notify: ${notifiedRoles(approval).join(', ') || 'nobody'}
- soak: ${approval.soakHours} h${approval.needsMaintenanceWindow ? ', inside a maintenance window' : ''}

Branch: migration/${migration.name.replaceAll('_', '-')}`
}

const SHOWN_TESTS = 6

const shortened = (files: readonly string[]): string[] => [
  ...files.slice(0, SHOWN_TESTS).map((file) => `- ${file}`),
  ...(files.length > SHOWN_TESTS ? [`- and ${files.length - SHOWN_TESTS} more`] : []),
]
