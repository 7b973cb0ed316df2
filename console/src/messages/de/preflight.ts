import type { Messages } from '../en/index.ts'

export const preflight: Messages['preflight'] = {
  title: 'Würde es gelingen?',
  about: 'Fragt den Ledger nach jeder Person und der Kasse, bevor Geld fließt.',
  none: 'Der Ledger wurde zu diesem Lauf noch nicht gefragt.',
  check: 'Den Ledger fragen',
  again: 'Noch einmal fragen',
  asked: 'Der Ledger wird gefragt.',
  reading: 'Der Ledger wird gelesen …',
  verdict: {
    will_succeed: 'Alle können bezahlt werden',
    will_fail: 'Nicht alle können bezahlt werden',
    unknown: 'Nicht bekannt',
  },
  outdated: 'Der Lauf oder der Ledger kann sich seither geändert haben. Fragen Sie noch einmal.',
  asOf: (when) => `Stand ${when}`,
  people: (count) => (count === '1' ? '1 Person angesehen' : `${count} Personen angesehen`),
  failing: (count) => (count === '1' ? '1 kann nicht bezahlt werden' : `${count} können nicht bezahlt werden`),
  unknown: (count) => `${count} nicht bekannt`,
  newAccounts: (count) =>
    count === '1' ? '1 bekommt mit dem ersten Lohn ein Konto' : `${count} bekommen mit dem ersten Lohn ein Konto`,
  short: (amount) => `Der Kasse fehlen ${amount}`,
  shortCure: 'Senden Sie so viel an das Kassenkonto, bevor Sie zahlen.',
  fees: (amount) => `Gebühren kosten höchstens ${amount}.`,
  treasury: 'Kasse',
  person: 'Zur Person',
  weight: { fails: 'Nicht bezahlbar', unknown: 'Nicht bekannt', advice: 'Bitte ansehen' },
  findings: 'Was gefunden wurde',
  findingsNone: 'Nichts spricht dagegen.',
}
