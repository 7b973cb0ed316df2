import type { Dictionary } from '../translate.ts'
import { doctor } from './doctor.ts'
import { errors } from './errors/index.ts'
import { findings } from './findings.ts'
import { notices } from './notices.ts'
import { results } from './results.ts'

/** What the database says, in German. */
export const database: Dictionary = {
  errors,
  sentences: { ...results, ...findings, ...doctor, ...notices },
  words: {
    draft: 'Entwurf',
    pending: 'wartet',
    processing: 'wird bezahlt',
    completed: 'bezahlt',
    failed: 'nicht alle bezahlt',
    discarded: 'verworfen',
    active: 'aktiv',
    inactive: 'inaktiv',
    claimed: 'abgeholt',
    expired: 'abgelaufen',
    reclaimed: 'zurückgenommen',
    manager: 'Manager',
    admin: 'Admin',
    viewer: 'Leser',
    weekly: 'jede Woche',
    biweekly: 'alle zwei Wochen',
    semimonthly: 'zweimal im Monat',
    monthly: 'jeden Monat',
    paused: 'angehalten',
    cancelled: 'abgebrochen',
    none: 'keine',
    'a refund': 'Rückzahlung',
    wrong_network: 'in einem anderen Netz',
    reset: 'neu begonnen',
    lying: 'unglaubwürdig',
    lagging: 'im Rückstand',
    standing: 'stehen geblieben',
    unreachable: 'nicht erreichbar',
    'not known': 'nicht bekannt',
    'at an unknown time': 'zu unbekannter Zeit',
    'without id': 'ohne Nummer',
    'The reason': 'Der Grund',
    'The name': 'Der Name',
    'The description': 'Die Beschreibung',
  },
}
