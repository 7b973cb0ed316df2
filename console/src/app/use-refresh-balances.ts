import { useMutation } from '@tanstack/react-query'
import { toasts } from '../ui/toast.tsx'
import { useMessages } from './context.tsx'
import { useDesk } from './desk.tsx'

/** Asks for fresh balances; they arrive in the rows of the wallets, of which the page hears. */
export function useRefreshBalances() {
  const t = useMessages()
  const { payd } = useDesk()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => payd.sync.request(),
    networkMode: 'always',
    onSuccess: () => toasts.add({ title: t.run.balancesAsked }),
  })
  return { run: () => mutate(), isBusy: isPending, error }
}
