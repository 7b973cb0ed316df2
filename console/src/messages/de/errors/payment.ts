import type { Sentence } from '../../sentence.ts'

/** Treasury accounts, transactions and signatures. */
export const payment = {
  accounts_being_read: [
    'Eine andere Zahlung liest gerade die Konten dieser Personen.',
    'Versuchen Sie es in einer Sekunde noch einmal.',
  ],
  balance_unexplained: [
    'Das Konto %1 enthält etwas anderes, als seine aufgezeichneten Zahlungen ergeben.',
    'Nichts wird gezahlt, bis seine Geschichte den Unterschied erklärt oder zwei Personen entschieden haben, was stimmt.',
  ],
  claimable_balance_differs: [
    'Der hinterlegte Betrag %1 ist mit anderer Organisation, anderem Betrag oder Ende bekannt.',
    'Ein hinterlegter Betrag ändert sich im Ledger nie; prüfen Sie, welcher gelesen wurde.',
  ],
  claimable_balance_ended: [
    'Der hinterlegte Betrag %1 steht auf „%2“ und lässt sich nicht zurücknehmen.',
    'Es ist nichts zu tun.',
  ],
  claimable_balance_not_found: [
    'Es gibt keinen hinterlegten Betrag %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  channel_account_not_found: [
    'Das Kassenkonto hat kein solches Kanalkonto.',
    'Sehen Sie in der Liste der Kanalkonten nach.',
  ],
  channel_proof_invalid: [
    'Die Unterschrift zeigt nicht, dass das Konto %1 diesem Kassenkonto dient.',
    'Lassen Sie den Schlüssel des Kontos für genau dieses Kassenkonto im Netzwerk des Projekts unterschreiben.',
  ],
  channel_account_removed: [
    'Das Kanalkonto %1 wurde entfernt.',
    'Ein anderes Kanalkonto oder das Kassenkonto selbst zahlt, was noch fehlt.',
  ],
  channel_account_taken: [
    'Das Konto %1 wird in diesem Projekt schon verwendet.',
    'Legen Sie für jeden Kanal ein eigenes Konto an: kein Kassenkonto, kein Wallet von Angestellten und nur für ein Kassenkonto.',
  ],
  channels_need_server_custody: [
    'Für das Konto %1 unterschreiben Wallets; was durch ein Kanalkonto geht, unterschreibt der Server.',
    'Lassen Sie den Server dafür unterschreiben, oder zahlen Sie aus mehreren Kassenkonten.',
  ],
  claimable_balance_not_reclaimable: [
    'Der hinterlegte Betrag %1 lässt sich mit PayD nicht zurücknehmen.',
    'Das geht nur mit dem, was PayD aus einem Kassenkonto Ihrer Organisation gezahlt hat.',
  ],
  claimable_balance_reclaimable_later: [
    'Der hinterlegte Betrag %1 lässt sich ab %2 zurücknehmen.',
    'Bis dahin kann ihn nur die Person abholen. Fragen Sie danach noch einmal.',
  ],
  custody_has_channels: [
    'Das Konto %1 hat Kanalkonten, und was durch diese geht, unterschreibt der Server.',
    'Entfernen Sie zuerst seine Kanalkonten; Wallets unterschreiben eine Transaktion eines Kontos nach der anderen.',
  ],
  custody_in_use: [
    'Der Lohnlauf %1 wird gerade aus dem Konto %2 bezahlt.',
    'Ändern Sie erst nach seinem Ende, wer unterschreibt.',
  ],
  custody_is_server: ['Für das Konto %1 unterschreiben keine Wallets.', 'Ein Admin nennt, wer dafür unterschreibt.'],
  envelope_differs_from_plan: [
    'Der Umschlag ist nicht die geplante Transaktion: %1 weicht ab.',
    'Nur die geplante Transaktion wird gespeichert und gesendet.',
  ],
  envelope_not_signed: ['Der Umschlag trägt keine Unterschrift.', 'Unterschreiben Sie ihn zuerst in der Wallet.'],
  evidence_proves_nothing: [
    'Der Nachweis belegt das Ende der Transaktion %1 nicht: %2.',
    'Suchen Sie weiter; nur das Ledger beendet eine Transaktion.',
  ],
  invalid_custody: [
    'Für ein Kassenkonto unterschreibt der Server oder unterschreiben Wallets.',
    'Wählen Sie eines von beiden.',
  ],
  invalid_fee_limit: [
    'Die Grenze für die Gebühr einer Zahlung ist 100 bis 10000000 Stroops.',
    'Nennen Sie, was Sie höchstens für eine Zahlung geben würden; 100000 Stroops sind 0.01 XLM.',
  ],
  invalid_outcome: ['Das Ergebnis ist unvollständig oder von unbekannter Art.', 'Melden Sie das dem Betreiber.'],
  invalid_resolution: [
    'Eine Transaktion endet als nie angewandt, oder sie wird weiter verfolgt.',
    'Wählen Sie eines von beiden.',
  ],
  invalid_signer_state: [
    'Die Unterzeichner des Kontos sind nicht, was ein Ledger sagt.',
    'Melden Sie das dem Betreiber.',
  ],
  invalid_channel_problem: [
    'Was dem Kanalkonto fehlt, hat keinen bekannten Namen.',
    'Bekannt sind account_missing, key_missing, short_of_fees, weight_too_low und numbers_exhausted.',
  ],
  invalid_signers: [
    'Die Liste der Unterzeichner ist leer, hat mehr als 20 Einträge oder einen, der keine Stellar-Adresse (G…) ist.',
    'Nennen Sie die öffentlichen Schlüssel der Wallets, 1 bis 20.',
  ],
  invalid_signing_time: [
    'Zum Unterschreiben bleiben zwischen 15 Minuten und 7 Tagen.',
    'Wählen Sie eine Zeit dazwischen.',
  ],
  invalid_transaction: ['Die Transaktion ist unvollständig: %1.', 'Melden Sie das dem Betreiber.'],
  invalid_transaction_hash: ['%1 ist kein Hash einer Transaktion.', 'Ein Hash hat 64 hexadezimale Ziffern.'],
  invalid_treasury_state: ['Der Stand des Kassenkontos lässt sich nicht lesen.', 'Melden Sie das dem Betreiber.'],
  lease_lost: ['Ein anderer Arbeiter bearbeitet das Konto %1.', 'Es ist nichts zu tun.'],
  live_transaction_exists: [
    'Das Konto %1 hat eine Transaktion, deren Ende noch nicht bekannt ist.',
    'Warten Sie zuerst ihr Ende ab.',
  ],
  operations_differ_from_plan: [
    'Die Zahlungen der Transaktion sind nicht die geplanten.',
    'Melden Sie das dem Betreiber.',
  ],
  outcome_conflicts: [
    'Die Transaktion %1 endete als %2, und der Nachweis sagt etwas anderes.',
    'Halten Sie Zahlungen aus diesem Konto an und vergleichen Sie von Hand mit dem Ledger.',
  ],
  payments_not_counted: [
    'Von der Kasse %1 wurde etwas begonnen, nachdem gezählt war, was von ihr unterwegs ist.',
    'Zählen Sie mit payments_in_flight noch einmal und bauen Sie dann die Transaktion.',
  ],
  resolution_needs_another_person: [
    'Wer das Ende der Transaktion %1 vorschlug, kann es nicht bestätigen.',
    'Bitten Sie einen anderen Manager oder Admin, die Nachweise anzusehen und zu bestätigen.',
  ],
  resolution_not_found: ['Für die Transaktion %1 ist kein Ende vorgeschlagen.', 'Schlagen Sie zuerst eines vor.'],
  sequence_number_not_open: ['Das Konto hat keine solche offene Nummer.', 'Melden Sie das dem Betreiber.'],
  sequence_number_open: ['Die Nummer %1 des Kontos %2 kann verwendet worden sein.', 'Melden Sie das dem Betreiber.'],
  signature_for_other_network: [
    'Die Unterschrift von %1 gilt für ein anderes Stellar-Netz.',
    'Stellen Sie die Wallet auf das Netz der Anfrage um und unterschreiben Sie noch einmal.',
  ],
  signature_invalid: [
    'Der Umschlag trägt nicht genau die gültigen Unterschriften des Kontos %1.',
    'Unterschreiben Sie mit dem Schlüssel des Kontos und mit keinem anderen.',
  ],
  signature_not_awaited: [
    'Die Transaktion %1 steht auf „%2“, darum wird keine Unterschrift gesammelt.',
    'Sehen Sie nach, welche Transaktionen auf Unterschriften warten.',
  ],
  signature_repeated: [
    'Der Umschlag trägt zwei Unterschriften von %1.',
    'Jede Person zählt einmal. Geben Sie einen Umschlag mit einer Unterschrift je Person.',
  ],
  signatures_complete: [
    'Die Transaktion %1 hat alle Unterschriften, die sie braucht.',
    'Es ist nichts zu tun; eine überzählige Unterschrift würde das Netz ablehnen.',
  ],
  signatures_missing: [
    'Die Transaktion %1 wartet auf Unterschriften ihrer Wallets.',
    'Sammeln Sie sie; für dieses Konto unterschreibt kein Arbeiter.',
  ],
  signed_envelope_differs: [
    'Der unterschriebene Umschlag ist nicht die Transaktion %1, wie PayD sie vorbereitet hat.',
    'Unterschreiben Sie die Anfrage unverändert; ein anderes Byte ist eine andere Zahlung.',
  ],
  signed_envelope_is_fee_bump: [
    'Der Umschlag zahlt die Gebühr eines anderen.',
    'Unterschreiben Sie die Transaktion, die PayD ausgegeben hat, und nichts darum herum.',
  ],
  signed_envelope_unreadable: [
    'Das ist keine unterschriebene Stellar-Transaktion (XDR in Base64).',
    'Geben Sie den Umschlag, wie ihn die Wallet zurückgab.',
  ],
  signer_not_named: [
    'Der Umschlag trägt eine Unterschrift von jemandem, der nicht für das Konto %1 unterschreibt.',
    'Unterschreiben Sie mit einer der Wallets, die in der Anfrage stehen; ein Admin ändert sie.',
  ],
  signer_without_weight: [
    '%1 hat auf dem Konto kein Gewicht mehr.',
    'Unterschreiben Sie mit einer anderen Wallet, oder geben Sie dieser im Ledger wieder Gewicht.',
  ],
  signing_time_over: [
    'Die Zeit, die Transaktion %1 zu unterschreiben, endete am %2.',
    'PayD bereitet sie neu vor, sobald das Ledger beweist, dass die alte nicht mehr gelten kann. Unterschreiben Sie die neue.',
  ],
  source_account_ambiguous: ['Ihre Organisation hat mehrere Kassenkonten.', 'Wählen Sie das, aus dem gezahlt wird.'],
  source_account_held: [
    'Aus dem Konto %1 wird nichts gezahlt: Das Ledger widerspricht Zahlungen, die daraus aufgezeichnet sind.',
    'Zwei Manager sehen die Widersprüche an, vergleichen mit einem anderen Anbieter und entscheiden.',
  ],
  source_account_missing: [
    'Ihre Organisation hat kein Kassenkonto, aus dem sie zahlen kann.',
    'Bitten Sie den Betreiber dieses PayD-Projekts, eines einzutragen.',
  ],
  source_account_taken: [
    'Das Konto ist für eine andere Organisation eingetragen.',
    'Nehmen Sie für jede Organisation ein eigenes Kassenkonto.',
  ],
  source_account_unknown: [
    'Ihre Organisation hat kein solches Kassenkonto.',
    'Nehmen Sie ein Konto, das für Ihre Organisation eingetragen ist.',
  ],
  transaction_is_final: [
    'Die Transaktion %1 steht auf „%2“ und wird nicht noch einmal gesendet.',
    'Es ist nichts zu tun.',
  ],
  transaction_may_be_included: [
    'Die Transaktion %1 kann noch bis %2 in ein Ledger kommen.',
    'Warten Sie bis dahin und sehen Sie noch einmal nach: Was vorher ein zweites Mal gezahlt wird, kann doppelt gezahlt sein.',
  ],
  transaction_not_found: ['Es gibt keine Transaktion %1.', 'Prüfen Sie, ob Sie in der richtigen Organisation sind.'],
  transaction_not_held: [
    'Die Transaktion %1 steht auf „%2“ und ist nicht angehalten.',
    'Nur eine angehaltene Transaktion beenden Menschen; jede andere endet durch Nachweis.',
  ],
  wallet_signature_invalid: [
    'Die Unterschrift von %1 passt nicht zur Transaktion.',
    'Unterschreiben Sie den Umschlag der Anfrage noch einmal.',
  ],
} as const satisfies Record<string, Sentence>
