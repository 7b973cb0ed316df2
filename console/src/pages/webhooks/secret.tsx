import { useMessages } from '../../app/context.tsx'
import { Action } from '../../ui/action.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { Modal } from '../../ui/dialog.tsx'

/** A signing secret, which the database shows once. */
export function Secret({ secret, onClose }: { readonly secret: string | undefined; readonly onClose: () => void }) {
  const t = useMessages()
  return (
    <Modal
      about={t.webhooks.secretAbout}
      isOpen={secret !== undefined}
      onClose={onClose}
      title={t.webhooks.secretTitle}
    >
      {secret !== undefined && <CopyText text={secret} />}
      <div className="flex justify-end">
        <Action kind="primary" onClick={onClose}>
          {t.webhooks.done}
        </Action>
      </div>
    </Modal>
  )
}
