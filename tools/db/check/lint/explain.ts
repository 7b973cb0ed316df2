import type { Outcome } from '../../lib/command.ts'
import { LINT_RULES } from './rules/index.ts'

/** Why a rule exists, with a bad and a good example. */
export function explain(id: string): Outcome {
  const rule = LINT_RULES.find((candidate) => candidate.id === id)
  if (!rule)
    return { ok: false, text: `There is no rule "${id}". npm run db -- check --help lists them.`, data: { rule: null } }
  const { check: _check, ...data } = rule
  const text = [
    `${rule.id} (${rule.severity}, ${rule.appliesTo === 'both' ? 'forward files and rollbacks' : `${rule.appliesTo} files`})`,
    `why: ${rule.why}`,
    `fix: ${rule.fix}`,
    ...(rule.before ? ['', '-- an earlier migration', rule.before.trim()] : []),
    '',
    '-- bad',
    rule.bad.trim(),
    '',
    '-- good',
    rule.good.trim(),
  ].join('\n')
  return { ok: true, text, data: { rule: data } }
}
