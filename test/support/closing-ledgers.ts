import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import type { Sandbox } from '../../tools/sandbox/index.ts'

/** A fetch that closes a ledger once `waiting` submissions wait for one. */
export function closingWhenWaiting(sandbox: Sandbox, waiting: number): Fetch {
  return async (url, init) => {
    const answer = systemFetch(url, init)
    if (init.method !== 'POST' || !url.endsWith('/transactions')) return answer
    let isAnswered = false
    const note = () => {
      isAnswered = true
    }
    answer.then(note, note)
    while (!isAnswered) {
      const { pending } = sandbox.status()
      if (Array.isArray(pending) && pending.length >= waiting) sandbox.closeLedger()
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    return answer
  }
}
