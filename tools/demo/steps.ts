import { styleText } from 'node:util'
import { wrap } from './table.ts'

/** Does a piece of work, and tells about it when it is done. */
export type Step = <Result>(
  work: () => Promise<Result>,
  /** What was done, in a few words; more lines are set below the first. */
  say: (result: Result) => string | readonly string[],
) => Promise<Result>

/** Tells every finished step on the stream: a tick, how long it took, and what was done. */
export function tellSteps(stream: NodeJS.WriteStream): Step {
  const tick = styleText('green', '✓', { stream })
  return async (work, say) => {
    const begin = performance.now()
    const result = await work()
    const seconds = `${((performance.now() - begin) / 1_000).toFixed(2)} s`.padStart(8)
    const [first = '', ...more] = [say(result)].flat()
    stream.write(`  ${tick}${styleText('dim', seconds, { stream })}   ${first}\n`)
    for (const line of more.flatMap((text) => wrap(text, 80))) {
      stream.write(`${' '.repeat(14)}${styleText('dim', line, { stream })}\n`)
    }
    return result
  }
}
