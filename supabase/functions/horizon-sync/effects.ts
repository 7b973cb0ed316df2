import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { EffectRecord } from '../_shared/stellar/horizon-records.ts'

/** Pages of effects of one transaction, which has at most 100 operations; one that has more is named as unreadable. */
const MAX_EFFECT_PAGES = 50

/** Every effect of a transaction once, in its order, however the provider repeats and shuffles its pages. */
export async function effectsOf(
  horizon: Horizon,
  txHash: string,
): Promise<readonly EffectRecord[] | 'no_answer' | 'endless'> {
  const effects = new Map<string, EffectRecord>()
  let last: string | null = null
  for (let page = 0; page < MAX_EFFECT_PAGES; page++) {
    const answer: HorizonAnswer<readonly EffectRecord[]> = await horizon.effects(txHash, last && cursorOf(last))
    if (answer.kind !== 'answered') return 'no_answer'
    const known = effects.size
    for (const effect of answer.value) effects.set(effect.id, effect)
    // All identifiers are equally long, so that texts compare as the numbers in them do.
    const ids = [...effects.keys()].sort()
    if (answer.value.length === 0) return ids.flatMap((id) => effects.get(id) ?? [])
    // A page that says nothing new would be asked for again and again.
    if (effects.size === known) return 'no_answer'
    last = ids.at(-1) ?? null
  }
  return 'endless'
}

/** The place after an effect, as the provider writes it. */
function cursorOf(effectId: string): string {
  const [operation = '0', order = '0'] = effectId.split('-')
  return `${BigInt(operation)}-${Number(order)}`
}
