import { errorText } from '../lib/error-text.ts'
import type { WebhookPage } from './webhook-page.ts'

/**
 * Pays the made-up company of the demo on the stack of a data folder and prints the receipt; the page sees its webhooks.
 * Resolves with a sentence when that fails, which is no reason to stop the stack.
 */
export async function payFirstPayroll(dataFolder: string, page: WebhookPage): Promise<{ readonly failure?: string }> {
  try {
    // Loaded late: the Stellar SDK would delay the start, and the demo is not needed for it.
    const [{ runDemo }, { findRunningStack }, { tellSteps }, { peopleFor }, receipt] = await Promise.all([
      import('../demo/run.ts'),
      import('../demo/demo-stack.ts'),
      import('../demo/steps.ts'),
      import('../demo/source.ts'),
      import('../demo/receipt.ts'),
    ])
    const stack = await findRunningStack(dataFolder)
    if (!stack) throw new Error('The stack that was just started does not answer.')
    process.stdout.write('\nA payroll as proof:\n\n')
    const result = await runDemo({
      stack,
      ...(await peopleFor(stack)),
      page,
      step: tellSteps(process.stdout),
    })
    process.stdout.write(receipt.formatReceipt(result, process.stdout))
    return receipt.isProven(result) ? {} : { failure: 'The receipt above says what was not proven.' }
  } catch (error) {
    return { failure: errorText(error) }
  }
}
