import type { PayrollItemStatus, PayrollRunStatus } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'

const TONES: Record<PayrollRunStatus | 'approved', Tone> = {
  draft: 'plain',
  pending: 'warn',
  approved: 'info',
  processing: 'info',
  completed: 'good',
  failed: 'bad',
  discarded: 'plain',
}

/** The state of a run; a pending one that has all its approvals is called approved. */
export function RunChip({
  status,
  approvedAt,
}: {
  readonly status: PayrollRunStatus
  readonly approvedAt: string | null
}) {
  const t = useMessages()
  const shown = status === 'pending' && approvedAt !== null ? 'approved' : status
  return <Chip tone={TONES[shown]}>{t.runs.status[shown]}</Chip>
}

const ITEM_TONES: Record<PayrollItemStatus, Tone> = { pending: 'plain', completed: 'good', failed: 'bad' }

/** Whether one person is paid. */
export function ItemChip({ status }: { readonly status: PayrollItemStatus }) {
  const t = useMessages()
  return <Chip tone={ITEM_TONES[status]}>{t.runs.item[status]}</Chip>
}
