import type { Messages } from '../en/index.ts'

export const notifications: Messages['notifications'] = {
  title: 'Mitteilungen',
  about: 'Was geschehen ist und Sie betrifft. Wovon Sie hören, wählen Sie in den Einstellungen.',
  unread: 'Ungelesen',
  all: 'Alle',
  none: 'Nichts ist ungelesen.',
  noneAtAll: 'Noch ist nichts geschehen.',
  markAll: 'Alle als gelesen markieren',
  markedAll: (count) => `${count} als gelesen markiert.`,
  mark: 'Als gelesen markieren',
  open: 'Öffnen',
}
