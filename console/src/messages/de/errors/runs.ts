import type { Sentence } from '../../sentence.ts'

/** Payroll runs, their items and schedules. */
export const runs = {
  amount_reason_missing: [
    'Ein anderer Betrag, als der Lohn ergibt, braucht einen Grund.',
    'Sagen Sie, warum: für die, die den Lauf genehmigen.',
  ],
  approver_is_submitter: [
    'Sie haben den Lohnlauf %1 eingereicht, darum muss jemand anderes genehmigen.',
    'Bitten Sie einen anderen Manager oder einen Admin.',
  ],
  approver_prepared_run: [
    'Sie haben am Lohnlauf %1 mitgearbeitet, darum muss eine andere Person genehmigen.',
    'Bitten Sie einen Manager oder Admin, der keinen Anteil daran hat.',
  ],
  approvers_asked_again: [
    'Der Lohnlauf %1 muss noch einmal genehmigt werden (%2).',
    'Jemand, der keinen Anteil daran hat, sieht ihn an und genehmigt ihn.',
  ],
  base_pay_overlaps: [
    '%1 Personen des Lohnlaufs %2 haben für einige dieser Tage schon Grundlohn in einem anderen Lauf, darunter %3.',
    'Nehmen Sie sie heraus oder berichtigen Sie die Tage; ein gescheiterter Lauf wird weiter bezahlt und nicht neu angelegt. Ist ein zweiter Grundlohn gewollt, sagen Sie es beim Einreichen.',
  ],
  bonus_amount_missing: [
    'Ein Bonus braucht einen Betrag.',
    'Geben Sie den Betrag an, oder nehmen Sie den Bonus aus dem Lauf.',
  ],
  employee_in_payroll_run: [
    'Die Person %1 hat im Lohnlauf %2 schon Grundlohn.',
    'Ändern Sie stattdessen diesen Betrag.',
  ],
  employee_not_in_payroll_run: [
    'Die Person %1 steht nicht im Lohnlauf %2.',
    'Vielleicht hat sie jemand anderes herausgenommen.',
  ],
  employee_not_payable: [
    'Die Person %1 ist nicht aktiv oder wird in einem anderen Asset bezahlt.',
    'Nur aktive Personen, die im Asset des Laufs bezahlt werden, passen hinein.',
  ],
  employee_without_base_pay: [
    'Der Lohn der Person %1 ergibt für die Tage des Lohnlaufs %2 nichts.',
    'Geben Sie der Person einen Lohn, oder nennen Sie einen Betrag mit Grund.',
  ],
  invalid_schedule: ['Der Zeitplan ist kein Objekt.', 'Laden Sie die Seite neu und versuchen Sie es noch einmal.'],
  invalid_schedule_field: ['%1 ist kein möglicher Wert von %2.'],
  schedule_field_missing: [
    'Ein Zeitplan der Art %1 braucht %2.',
    'Wöchentliche brauchen einen Wochentag, zweiwöchentliche einen ersten Tag, monatliche einen Tag im Monat, halbmonatliche zwei.',
  ],
  schedule_field_not_used: ['Ein Zeitplan der Art %1 hat kein %2.', 'Lassen Sie es weg.'],
  unknown_schedule_field: [
    '%1 ist kein Feld eines Zeitplans.',
    'Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  ],
  payroll_schedule_not_found: [
    'In Ihrer Organisation gibt es keinen Zeitplan %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  payroll_schedule_outdated: [
    'Der Zeitplan %1 wurde geändert, seit Sie ihn gelesen haben: Er hat Fassung %2, Sie sahen Fassung %3.',
    'Lesen Sie ihn neu und wiederholen Sie Ihre Änderung an dem, was jetzt da steht.',
  ],
  payroll_item_not_found: [
    'In Ihrer Organisation gibt es keinen Posten %1.',
    'Vielleicht hat ihn jemand herausgenommen. Laden Sie die Seite neu.',
  ],
  payroll_item_pays_source: [
    'Der Lohnlauf %1 würde das Konto bezahlen, aus dem er bezahlt wird.',
    'Berichtigen Sie die Auszahlungsadresse dieser Person, oder zahlen Sie aus einem anderen Konto.',
  ],
  payroll_items_not_payable: [
    '%1 Personen des Lohnlaufs %2 sind nicht mehr aktiv oder werden nicht mehr in seinem Asset bezahlt, darunter %3.',
    'Nehmen Sie sie aus dem Lauf (geben Sie ihn vorher zurück, wenn er eingereicht ist), oder berichtigen Sie ihre Einträge.',
  ],
  payroll_items_without_destination: [
    '%1 Personen des Lohnlaufs %2 haben keine Auszahlungsadresse, darunter %3.',
    'Tragen Sie die Adressen ein, oder nehmen Sie die Personen aus dem Lauf.',
  ],
  payroll_run_changed: [
    'Der Lohnlauf %1 ist nicht mehr, was eingereicht wurde: %2.',
    'Sehen Sie ihn noch einmal an. Was Sie dann sehen, lässt sich genehmigen; ist es falsch, geben Sie ihn zurück.',
  ],
  payroll_run_has_edits: [
    'Der Lohnlauf %1 hat einen Bonus oder einen Betrag von Hand, der in einem anderen Asset falsch würde.',
    'Nehmen Sie sie zuerst heraus, oder verwerfen Sie den Lauf und legen Sie einen neuen an.',
  ],
  payroll_run_has_live_transaction: [
    'Der Lohnlauf %1 hat eine Transaktion, deren Ende noch nicht bekannt ist.',
    'Warten Sie, bis sie endgültig ist; PayD fragt weiter nach.',
  ],
  payroll_run_is_empty: [
    'Der Lohnlauf %1 hat keine Posten.',
    'Fügen Sie vor dem Einreichen Personen mit Lohn in diesem Asset oder einen Bonus hinzu.',
  ],
  payroll_run_not_approved: [
    'Den Lohnlauf %1 haben noch nicht genug Personen genehmigt.',
    'Bitten Sie einen anderen Manager oder einen Admin darum.',
  ],
  payroll_run_not_checkable: [
    'Der Lohnlauf %1 steht auf „%2“, darum gibt es nichts zu prüfen.',
    'Prüfen lassen sich Entwürfe, eingereichte Läufe und solche, die nicht ganz bezahlt sind.',
  ],
  payroll_run_not_discarded: [
    'Der Lohnlauf %1 steht auf „%2“ und lässt sich darum nicht wiederherstellen.',
    'Nur verworfene Entwürfe lassen sich wiederherstellen.',
  ],
  payroll_run_not_draft: [
    'Der Lohnlauf %1 steht auf „%2“ und lässt sich nicht mehr einreichen.',
    'Nur Entwürfe lassen sich einreichen.',
  ],
  payroll_run_not_editable: [
    'Der Lohnlauf %1 steht auf „%2“, darum lassen sich seine Posten nicht mehr ändern.',
    'Ändern lassen sich nur Entwürfe, und eingereichte Läufe, solange sie nicht bezahlt werden.',
  ],
  payroll_run_not_failed: [
    'Der Lohnlauf %1 steht auf „%2“, darum gibt es keinen Rest zu zahlen.',
    'Nur bei Läufen, in denen nicht alle bezahlt sind, bleibt ein Rest.',
  ],
  payroll_run_not_found: [
    'In Ihrer Organisation gibt es keinen Lohnlauf %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  payroll_run_not_pending: [
    'Der Lohnlauf %1 steht auf „%2“, darum gibt es nichts zu entscheiden.',
    'Nur eingereichte Läufe lassen sich genehmigen oder zurückgeben.',
  ],
  payroll_run_not_processing: [
    'Der Lohnlauf %1 steht auf „%2“, darum lässt sich keine Zahlung anhalten.',
    'Anhalten oder abbrechen lässt sich nur ein Lauf, der gerade bezahlt wird.',
  ],
  payroll_run_not_stopped: [
    'Der Lohnlauf %1 ist nicht angehalten.',
    'Nur ein angehaltener Lauf lässt sich fortsetzen.',
  ],
  payroll_run_not_up_to_date: [
    'Der Lohnlauf %1 zeigt bei %2 Posten nicht die jetzigen Löhne und Adressen: %3.',
    'Bringen Sie ihn auf die jetzigen Löhne, sehen Sie ihn noch einmal an und reichen Sie ein, was Sie dann sehen.',
  ],
  payroll_run_outdated: [
    'Der Lohnlauf %1 ist nicht mehr, was Sie gesehen haben: %2.',
    'Sehen Sie ihn noch einmal an und wiederholen Sie Ihren Auftrag.',
  ],
  payroll_run_stopped: [
    'Jemand hat den Lohnlauf %1 angehalten, darum wird nichts mehr davon gezahlt.',
    'Setzen Sie ihn fort, oder lassen Sie ihn angehalten.',
  ],
  unknown_payroll_run_field: [
    '%1 ist kein Feld eines Lohnlaufs, das sich ändern lässt.',
    'Ändern lassen sich die Tage, das Asset und das Memo.',
  ],
  period_missing: ['Der Zeitraum braucht einen ersten und einen letzten Tag.', 'Geben Sie beide Tage an.'],
  period_reversed: ['Der Zeitraum endet, bevor er beginnt.', 'Vertauschen Sie die beiden Tage.'],
  period_too_long: ['Der Zeitraum hat mehr als 366 Tage.', 'Berichtigen Sie den ersten oder den letzten Tag.'],
  preflight_not_found: ['Es gibt keine offene Prüfung %1.', 'Fragen Sie das Ledger noch einmal.'],
  totals_follow_items: [
    'Die Summen des Lohnlaufs %1 folgen seinen Posten und lassen sich nicht schreiben.',
    'Ändern Sie die Posten; die Summen folgen.',
  ],
  wallets_shared: [
    '%1 Adressen des Lohnlaufs %2 würden für mehrere Personen bezahlt, darunter die von %3.',
    'Vielleicht ist eine Person zweimal eingetragen. Ist es gewollt, sagen Sie es beim Einreichen.',
  ],
} as const satisfies Record<string, Sentence>
