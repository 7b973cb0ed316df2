import type { Sentence } from '../../sentence.ts'

/** People, their accounts and their payout addresses. */
export const people = {
  account_belongs_to_another_employee: [
    'Ihr Konto ist mit einer anderen Person dieser Organisation verknüpft.',
    'Fragen Sie Ihren Arbeitgeber, welcher der beiden Einträge Ihrer ist, und lassen Sie den anderen lösen.',
  ],
  account_linked: [
    'Die Person %1 ist schon mit einem Konto verknüpft.',
    'Lösen Sie zuerst diese Verknüpfung, wenn ein anderes Konto den Eintrag lesen soll.',
  ],
  account_not_linked: ['Die Person %1 ist mit keinem Konto verknüpft.', 'Es gibt nichts zu lösen.'],
  duplicate_email_in_import: ['Eine frühere Zeile hat dieselbe E-Mail-Adresse.', 'Behalten Sie eine Zeile je Person.'],
  email_taken: [
    'Eine andere Person Ihrer Organisation hat diese E-Mail-Adresse.',
    'Ändern Sie den vorhandenen Eintrag oder nehmen Sie eine andere Adresse.',
  ],
  email_taken_meanwhile: [
    'Eine andere Person hat inzwischen die E-Mail-Adresse der Änderung %1.',
    'Ziehen Sie die Änderung zurück, oder berichtigen Sie zuerst die andere Person.',
  ],
  employee_has_unpaid_items: [
    'Die Person %1 steht in einem Lohnlauf, der nicht zu Ende ist.',
    'Beenden Sie den Lauf, oder nehmen Sie die Person zuerst heraus.',
  ],
  employee_invitation_not_found: [
    'Mit diesem Code gibt es keine offene Einladung für Sie.',
    'Melden Sie sich mit der bestätigten Adresse an, die eingeladen wurde, prüfen Sie, ob der Code vollständig und höchstens sieben Tage alt ist, oder bitten Sie Ihren Arbeitgeber um eine neue Einladung.',
  ],
  employee_not_found: [
    'In Ihrer Organisation gibt es keine Person %1.',
    'Vielleicht wurde sie entfernt. Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  first_name_missing: ['Der Vorname ist leer.', 'Jede Person braucht einen Vornamen mit höchstens 100 Zeichen.'],
  last_name_missing: ['Der Nachname ist leer.', 'Jede Person braucht einen Nachnamen mit höchstens 100 Zeichen.'],
  invalid_import: ['Das sind nicht 1 bis 1000 Zeilen.', 'Importieren Sie weniger Zeilen auf einmal.'],
  person_is_a_member: ['Die Person %1 ist auch Mitglied der Organisation.', 'Entfernen Sie zuerst die Mitgliedschaft.'],
  person_is_to_be_paid: [
    'Die Person %1 wird noch bezahlt: %2.',
    'Beenden oder entfernen Sie zuerst die Zahlung. Was scheiterte und anders beglichen wurde, lässt sich so erklären.',
  ],
  unknown_field: [
    '%1 ist kein Feld einer Person, das sich hier setzen lässt.',
    'Nehmen Sie Vorname, Nachname, E-Mail, Stand, Position, Abteilung, Lohn, Asset, Emittent, Auszahlungsadresse und Memo.',
  ],
  wallet_change_needs_another_person: [
    'Sie haben um diese Änderung gebeten, darum muss jemand anderes bestätigen.',
    'Bitten Sie einen anderen Manager oder einen Admin.',
  ],
  wallet_change_not_found: [
    'In Ihrer Organisation wartet keine Adressänderung %1.',
    'Eine Änderung, die gilt oder zurückgezogen ist, ist endgültig.',
  ],
  wallet_change_still_cooling: ['Die Änderung gilt ab %1.', 'Warten Sie bis dahin, oder ziehen Sie sie zurück.'],
  wallet_not_found: ['Ihre Organisation hat keine Wallet %1.', 'Wallets von Personen haben keine Schwellen.'],
} as const satisfies Record<string, Sentence>
