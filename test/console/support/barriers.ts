import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds on the page as it is, in light and dark, in words; empty for a page without barriers. */
export async function barriersOf(page: Page, onPainted: (theme: string) => Promise<void> = async () => {}) {
  await paint(page, 'light')
  await onPainted('light')
  const barriers = await new AxeBuilder({ page }).analyze()
  await paint(page, 'dark')
  await onPainted('dark')
  const inDark = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze()
  return [...barriers.violations, ...inDark.violations].map(sayViolation)
}

/** Shows the page in a theme, once everything that moves has come to rest. */
export async function paint(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate(async (name) => {
    document.documentElement.dataset.theme = name
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))
    const passing = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
    await Promise.allSettled(passing.map((animation) => animation.finished))
  }, theme)
}

function sayViolation({
  id,
  nodes,
}: {
  id: string
  nodes: readonly { html: string; failureSummary?: string }[]
}): string {
  return `${id}: ${nodes
    .slice(0, 3)
    .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`)
    .join(' | ')}`
}
