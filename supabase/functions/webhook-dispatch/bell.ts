/** A ring that is kept until it is heard. */
export function openBell() {
  let hasRung = false
  let resolve: (() => void) | null = null
  return {
    ring: (): void => {
      hasRung = true
      resolve?.()
    },
    heard: async (): Promise<void> => {
      if (!hasRung) await new Promise<void>((heard) => (resolve = heard))
      resolve = null
      hasRung = false
    },
  }
}
