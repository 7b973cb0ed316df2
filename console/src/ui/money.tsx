import type { Amount } from 'payd'
import { useHiddenAmounts } from '../app/hidden-amounts.tsx'
import { useFormat } from '../format/use-format.ts'

/** An exact amount with its asset. Who prefers amounts hidden sees dots until asking for them. */
export function Money({ amount, asset }: { readonly amount: Amount; readonly asset?: string | undefined }) {
  const { money } = useFormat()
  const isHidden = useHiddenAmounts()
  return (
    <span className="money">{isHidden ? `••••${asset === undefined ? '' : ` ${asset}`}` : money(amount, asset)}</span>
  )
}
