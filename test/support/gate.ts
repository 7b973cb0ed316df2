/** A promise that the test opens. */
export type Gate<T = void> = { readonly opened: Promise<T>; open(value: T): void }

export function gate<T = void>(): Gate<T> {
  let resolve: (value: T) => void = () => undefined
  const opened = new Promise<T>((settle) => {
    resolve = settle
  })
  return { opened, open: (value) => resolve(value) }
}
