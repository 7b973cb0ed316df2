/** What notifications say. The names are the templates of the database, with %s where values stand. */
export const notices: Readonly<Record<string, string>> = {
  'Employee %s accepted the invitation': 'Die Person %1 hat die Einladung angenommen',
  'The employee reads the own record and payslips from now on.':
    'Sie liest ab jetzt ihre eigenen Angaben und Abrechnungen.',
  'The account of employee %s was unlinked': 'Das Konto der Person %1 wurde getrennt',
  'The employee no longer reads the own record.': 'Sie liest ihre eigenen Angaben nicht mehr.',
  'Your account is linked to your record': 'Ihr Konto ist mit Ihren Angaben verbunden',
  'You can read your record, payslips and payments, and leave at any time.':
    'Sie können Ihre Angaben, Abrechnungen und Zahlungen lesen und jederzeit wieder gehen.',
  'Your account is no longer linked to your record': 'Ihr Konto ist nicht mehr mit Ihren Angaben verbunden',
  'Ask your employer for an invitation if you want to read it again.':
    'Bitten Sie Ihren Arbeitgeber um eine Einladung, wenn Sie sie wieder lesen wollen.',
  'The payout address of employee %s is to change': 'Die Auszahlungsadresse der Person %1 soll sich ändern',
  'Ask the employee whether that is right. Wallet change %s can be confirmed by another person or cancelled.':
    'Fragen Sie die Person, ob das stimmt. Eine andere Person kann die Adressänderung %1 bestätigen oder verwerfen.',
  'The payout address of employee %s changed': 'Die Auszahlungsadresse der Person %1 hat sich geändert',
  'Wallet change %s is in effect. Runs that were submitted before pay the address that was approved.':
    'Die Adressänderung %1 ist wirksam. Läufe, die vorher eingereicht wurden, zahlen an die genehmigte Adresse.',
  'A change of the payout address of employee %s was withdrawn':
    'Eine Änderung der Auszahlungsadresse der Person %1 wurde verworfen',
  'Wallet change %s will not take effect.': 'Die Adressänderung %1 wird nicht wirksam.',
  'The e-mail address of employee %s, who is paid, is to change':
    'Die E-Mail-Adresse der Person %1, die bezahlt wird, soll sich ändern',
  'The e-mail address of employee %s changed': 'Die E-Mail-Adresse der Person %1 hat sich geändert',
  'Wallet change %s is in effect; an account that was linked no longer is.':
    'Die Änderung %1 ist wirksam; ein Konto, das verbunden war, ist es nicht mehr.',
  'A change of the e-mail address of employee %s was withdrawn':
    'Eine Änderung der E-Mail-Adresse der Person %1 wurde verworfen',
  'The e-mail address of your record is to change': 'Ihre E-Mail-Adresse soll sich ändern',
  'If you did not ask for it, tell your employer now: wallet change %s can still be cancelled.':
    'Haben Sie das nicht verlangt, sagen Sie es Ihrem Arbeitgeber jetzt: Die Änderung %1 lässt sich noch verwerfen.',
  'A change of the e-mail address of your record was withdrawn': 'Eine Änderung Ihrer E-Mail-Adresse wurde verworfen',
  'Your payout address is to change': 'Ihre Auszahlungsadresse soll sich ändern',
  'Your payout address changed': 'Ihre Auszahlungsadresse hat sich geändert',
  'If you did not ask for it, tell your employer now, before the next payment.':
    'Haben Sie das nicht verlangt, sagen Sie es Ihrem Arbeitgeber jetzt, vor der nächsten Zahlung.',
  'A change of your payout address was withdrawn': 'Eine Änderung Ihrer Auszahlungsadresse wurde verworfen',
  'Payroll run %s waits for approval': 'Der Lohnlauf %1 wartet auf Genehmigung',
  '%s items, %s %s for %s to %s. A person who did not prepare it must approve it.':
    '%1 Posten, %2 %3 für %4 bis %5. Jemand, der ihn nicht vorbereitet hat, muss ihn genehmigen.',
  'Payroll run %s is approved': 'Der Lohnlauf %1 ist genehmigt',
  '%s %s for %s to %s can be paid now.': '%1 %2 für %3 bis %4 können jetzt bezahlt werden.',
  'Payroll run %s was sent back': 'Der Lohnlauf %1 wurde zurückgegeben',
  'The run for %s to %s is a draft again; its audit trail gives the reason.':
    'Der Lauf für %1 bis %2 ist wieder ein Entwurf; im Verlauf steht der Grund.',
  'A draft was prepared by the schedule %s': 'Der Zeitplan %1 hat einen Entwurf angelegt',
  'It covers %s to %s. Check it and submit it for approval.':
    'Er gilt für %1 bis %2. Prüfen Sie ihn und reichen Sie ihn zur Genehmigung ein.',
  'The schedule %s could not create its draft': 'Der Zeitplan %1 konnte seinen Entwurf nicht anlegen',
  'The draft for %s is tried again by itself. Reason: %s.':
    'Der Entwurf für den %1 wird von selbst noch einmal versucht. Grund: %2.',
  'The schedule %s skipped %s': 'Der Zeitplan %1 hat den %2 ausgelassen',
  'The day was missed and the schedule does not make up for it. Create the run yourself if it is needed.':
    'Der Tag wurde verpasst, und der Zeitplan holt ihn nicht nach. Legen Sie den Lauf selbst an, wenn er gebraucht wird.',
  'Payroll run %s is being paid': 'Der Lohnlauf %1 wird bezahlt',
  '%s items, %s %s.': '%1 Posten, %2 %3.',
  'Payroll run %s is paid': 'Der Lohnlauf %1 ist bezahlt',
  '%s items, %s %s for %s to %s.': '%1 Posten, %2 %3 für %4 bis %5.',
  'Payroll run %s is not completely paid': 'Der Lohnlauf %1 ist nicht ganz bezahlt',
  '%s Mend the cause, then retry the run: only what was not paid is paid.':
    '%1 Beheben Sie die Ursache und wiederholen Sie den Lauf: Bezahlt wird nur, was noch nicht bezahlt ist.',
  'Payroll run %s can be paid to %s more of its people': 'Der Lohnlauf %1 kann jetzt %2 weitere Personen bezahlen',
  'Their accounts could not take the payment and can now. Retry the run: it pays exactly what was approved and not paid.':
    'Ihre Konten konnten die Zahlung nicht annehmen und können es jetzt. Wiederholen Sie den Lauf: Er bezahlt genau, was genehmigt und nicht bezahlt ist.',
  'Payroll run %s is paused': 'Der Lohnlauf %1 ist angehalten',
  'What was sent goes on to its end, and nothing more is sent until somebody resumes it.':
    'Was gesendet ist, geht zu Ende, und mehr wird nicht gesendet, bis jemand ihn fortsetzt.',
  'Payroll run %s goes on': 'Der Lohnlauf %1 geht weiter',
  'A payment of %s %s waits for signatures': 'Eine Zahlung von %1 %2 wartet auf Unterschriften',
  'Compare transaction %s with the payroll run and sign it before %s.':
    'Vergleichen Sie die Transaktion %1 mit dem Lohnlauf und unterschreiben Sie sie vor %2.',
  'A payment of %s %s was not signed in time': 'Eine Zahlung von %1 %2 wurde nicht rechtzeitig unterschrieben',
  'Nothing was paid by transaction %s. Unless the run was stopped, another one is prepared; sign that one.':
    'Mit der Transaktion %1 wurde nichts bezahlt. Wurde der Lauf nicht gestoppt, wird eine andere vorbereitet; unterschreiben Sie diese.',
  'You were paid %s %s': 'Sie haben %1 %2 bekommen',
  'It was sent to %s in transaction %s.': 'Es ging an %1, in der Transaktion %2.',
  'Nobody can prove yet how transaction %s ended': 'Noch ist nicht bewiesen, wie die Transaktion %1 ausging',
  'It is held (%s), and nothing more is paid from its account. Ask the doctor what to do, and pay nobody another way before it has ended.':
    'Sie wird festgehalten (%1), und von ihrem Konto wird nichts mehr bezahlt. Auf der ersten Seite steht, was zu tun ist; bezahlen Sie niemanden auf einem anderen Weg, bevor ihr Ausgang feststeht.',
  'The issuer froze %s of a wallet': 'Der Emittent hat %1 einer Wallet eingefroren',
  'The wallet %s can neither send nor receive %s until the issuer allows it again.':
    'Die Wallet %1 kann %2 weder senden noch empfangen, bis der Emittent es wieder erlaubt.',
  'The balance of a wallet is low: %s': 'Der Stand einer Wallet ist niedrig: %1',
  'The wallet %s holds %s %s, less than %s.': 'Die Wallet %1 hält %2 %3, weniger als %4.',
  'A part of the history of %s is missing': 'Ein Teil der Geschichte von %1 fehlt',
  'Between the ledgers %s and %s the books do not fit the ledger (%s). It is read again by itself.':
    'Zwischen den Ledgern %1 und %2 passen die Bücher nicht zum Ledger (%3). Sie wird von selbst noch einmal gelesen.',
  '%s paid without PayD': '%1 hat ohne PayD gezahlt',
  '%s %s left the account in ledger %s, and no payroll planned it.':
    '%1 %2 haben das Konto im Ledger %3 verlassen, und kein Lohnlauf hat es geplant.',
  'The ledger contradicts payments from %s': 'Das Ledger widerspricht Zahlungen von %1',
  'What the account is in ledger %s does not fit what PayD recorded of its payments (%s). Nothing more is paid from it until two managers have called resolve_ledger_contradiction, or a later look explains it.':
    'Das Konto im Ledger %1 passt nicht zu dem, was PayD von seinen Zahlungen aufgeschrieben hat (%2). Von ihm wird nichts mehr bezahlt, bis zwei Manager den Widerspruch gelöst haben oder ein späterer Blick ihn erklärt.',
  'Payroll run %s stands still': 'Der Lohnlauf %1 steht still',
  'Why: %s What to do: %s See it on the run.': 'Warum: %1 Was zu tun ist: %2 Sie sehen es beim Lauf.',
  'A waiting payment was claimed': 'Eine wartende Zahlung wurde abgeholt',
  '%s claimed %s %s.': '%1 hat %2 %3 abgeholt.',
  'A waiting payment expired': 'Eine wartende Zahlung ist abgelaufen',
  '%s did not claim %s %s in time; the sponsor can take it back.':
    '%1 hat %2 %3 nicht rechtzeitig abgeholt; wer sie angelegt hat, kann sie zurücknehmen.',
  'A payment of %s %s waits for you': 'Eine Zahlung von %1 %2 wartet auf Sie',
  'Let the wallet %s accept %s, then claim the payment with it.':
    'Lassen Sie die Wallet %1 %2 annehmen, und holen Sie die Zahlung dann mit ihr ab.',
  'A payment of %s %s went back to your employer': 'Eine Zahlung von %1 %2 ging an Ihren Arbeitgeber zurück',
  'You had not claimed it. Ask your employer to pay it again.':
    'Sie hatten sie nicht abgeholt. Bitten Sie Ihren Arbeitgeber, sie noch einmal zu zahlen.',
  'A payment of %s %s can no longer be claimed': 'Eine Zahlung von %1 %2 lässt sich nicht mehr abholen',
  'It was not claimed in time. Ask your employer to pay it again.':
    'Sie wurde nicht rechtzeitig abgeholt. Bitten Sie Ihren Arbeitgeber, sie noch einmal zu zahlen.',
  'A webhook subscription fails': 'Ein Webhook schlägt fehl',
  'The webhook subscription %s has failed since %s. After five days it is disabled.':
    'Der Webhook %1 schlägt seit %2 fehl. Nach fünf Tagen wird er abgeschaltet.',
  'A webhook subscription was disabled': 'Ein Webhook wurde abgeschaltet',
  'Nothing is sent to the webhook subscription %s until you enable it; what it missed is sent then.':
    'An den Webhook %1 wird nichts gesendet, bis Sie ihn wieder einschalten; was er verpasst hat, wird dann gesendet.',
}
