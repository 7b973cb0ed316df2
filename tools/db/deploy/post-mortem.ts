import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../lib/environments.ts'
import { type Project, shownPath } from '../lib/project.ts'
import { filled } from './loss.ts'
import type { Step } from './rollback-plan.ts'

/** Writes the stub of a post-mortem with what is known, and returns its path below the project. A file that exists stays. */
export function writePostMortem(
  project: Project,
  facts: { readonly target: Target; readonly steps: readonly Step[]; readonly now: Date; readonly reason: string },
): string {
  const folder = join(project.root, 'docs', 'migrations')
  const path = join(folder, `${facts.steps.at(-1)?.version}_post_mortem.md`)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(path)) writeFileSync(path, postMortem(facts))
  return shownPath(project, path)
}

function postMortem({ target, steps, now, reason }: Parameters<typeof writePostMortem>[1]): string {
  const lost = steps.flatMap((step) => filled(step.losses).map((loss) => `- ${loss.rows} of ${loss.kind} ${loss.name}`))
  return `# Post-mortem: rollback on ${target.name}

**Rolled back:** ${steps.map((step) => step.id).join(', ')}
**At:** ${now.toISOString()}
**Reason given:** ${reason || 'none'}

## Lost rows (saved as CSV before)
${lost.join('\n') || '- none'}

## What happened, and whom it touched

## Why no gate stopped it

## What changes so that it cannot happen again
`
}
