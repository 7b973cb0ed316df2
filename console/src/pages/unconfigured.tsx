import type { Messages } from '../messages/en/index.ts'

/** What is shown while the console does not know which project it belongs to. */
export function Unconfigured({ messages, problem }: { readonly messages: Messages; readonly problem: string }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-3 p-6">
      <h1>{messages.entry.configTitle}</h1>
      <p>{problem}</p>
      <p className="text-dim">{messages.entry.configCure}</p>
    </main>
  )
}
