import type { Messages } from '../en/index.ts'

export const payslip: Messages['payslip'] = {
  title: 'Lohnzettel',
  from: 'Arbeitgeber',
  to: 'Für',
  period: 'Zeitraum',
  total: 'Summe',
  state: 'Stand',
  paidTo: 'Gezahlt an',
  transaction: 'Transaktion',
  notFound: 'Diesen Lohnzettel gibt es nicht.',
  whyNot: 'Warum nicht gezahlt wurde',
  pendingAbout: 'Noch nicht gezahlt.',
  mineTitle: 'Mein Lohn',
  mineAbout: 'Was Sie bekommen, wann es gezahlt wurde und an welche Adresse.',
  mineNone: 'Noch kein Lohnzettel. Er erscheint, sobald ein Lauf mit Ihnen gezahlt wird.',
  myAddress: 'Meine Auszahlungsadresse',
  myAddressAbout:
    'Bitten Sie Ihren Arbeitgeber, sie zu ändern. Eine Änderung wartet auf Bestätigung, damit niemand Ihren Lohn ungesehen umleitet.',
  leave: 'Diese Sicht beenden',
  leaveAsk: 'Möchten Sie Ihren Lohn hier nicht mehr sehen?',
  leaveAbout: 'Ihr Arbeitgeber kann Sie wieder einladen. An Ihrem Lohn ändert sich nichts.',
  left: 'Diese Organisation wird Ihnen nicht mehr gezeigt.',
  export: 'Meine Daten herunterladen',
}
