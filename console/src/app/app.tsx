import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { type Console, ConsoleProvider } from './context.tsx'
import { router } from './router.tsx'
import { SessionProvider } from './session.tsx'

const Toasts = lazy(async () => ({ default: (await import('../ui/toast.tsx')).Toasts }))

/** The whole console. */
export function App({ console }: { readonly console: Console }) {
  const [cache] = useState(
    () =>
      new QueryClient({
        // The calls of the package repeat what may pass by themselves.
        defaultOptions: { queries: { retry: false, staleTime: 10_000 }, mutations: { retry: false } },
      }),
  )
  return (
    <ConsoleProvider value={console}>
      <QueryClientProvider client={cache}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
        <Suspense>
          <Toasts close={console.messages.common.close} />
        </Suspense>
      </QueryClientProvider>
    </ConsoleProvider>
  )
}
