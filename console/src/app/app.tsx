import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { againWhenFailed } from './again.ts'
import { type Console, ConsoleProvider } from './context.tsx'
import { router } from './router.tsx'
import { SessionProvider, useSession } from './session.tsx'

const Toasts = lazy(async () => ({ default: (await import('../ui/toast.tsx')).Toasts }))

/** The whole console. */
export function App({ console }: { readonly console: Console }) {
  const [cache] = useState(
    () =>
      new QueryClient({
        // The calls of the package repeat what may pass by themselves.
        defaultOptions: {
          queries: { retry: false, staleTime: 10_000, refetchInterval: againWhenFailed },
          mutations: { retry: false },
        },
      }),
  )
  return (
    <ConsoleProvider value={console}>
      <QueryClientProvider client={cache}>
        <SessionProvider>
          <RouterProvider router={router} />
          <ToastsForSignedIn close={console.messages.common.close} />
        </SessionProvider>
      </QueryClientProvider>
    </ConsoleProvider>
  )
}

/** The corner for what was done; commands are given after signing in, so the sign-in page does not load it. */
function ToastsForSignedIn({ close }: { readonly close: string }) {
  if (useSession() === null) return null
  return (
    <Suspense>
      <Toasts close={close} />
    </Suspense>
  )
}
