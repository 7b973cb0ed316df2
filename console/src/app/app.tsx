import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { Toasts } from '../ui/toast.tsx'
import { type Console, ConsoleProvider } from './context.tsx'
import { router } from './router.tsx'
import { SessionProvider } from './session.tsx'

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
        <Toasts close={console.messages.common.close} />
      </QueryClientProvider>
    </ConsoleProvider>
  )
}
