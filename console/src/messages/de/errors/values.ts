import type { Sentence } from '../../sentence.ts'

/** Amounts, assets, addresses, memos, days and texts. */
export const values = {
  ambiguous_amount: [
    '%1 kann Tausender meinen oder drei Dezimalstellen.',
    'Schreiben Sie Tausender ohne Zeichen (60000) und Dezimalstellen in anderer Zahl (60 oder 60.00).',
  ],
  amount_not_positive: ['Der Betrag ist nicht größer als null.', 'Geben Sie mindestens 0.0000001 an.'],
  amount_too_large: ['%1 ist mehr, als Stellar tragen kann.', 'Der größte Betrag ist 922337203685.4775807.'],
  invalid_amount: [
    '%1 ist kein Betrag.',
    'Schreiben Sie Ziffern und höchstens einen Dezimalpunkt, etwa 4200.50; keine anderen Zeichen.',
  ],
  too_many_decimals: [
    '%1 hat mehr als sieben Dezimalstellen.',
    'Stellar trägt sieben; runden Sie selbst, PayD rundet nie Geld.',
  ],
  invalid_asset_code: ['%1 ist kein Code eines Assets.', 'Er hat 1 bis 12 Buchstaben oder Ziffern, etwa USDC.'],
  invalid_asset_issuer: [
    'Das Asset %1 braucht die Adresse seines Emittenten, und XLM darf keine haben.',
    'Geben Sie die G-Adresse des Emittenten an und lassen Sie sie bei XLM leer.',
  ],
  invalid_wallet_address: [
    '%1 ist keine Adresse eines Stellar-Kontos.',
    'Eine Adresse beginnt mit G, hat 56 Zeichen und eine Prüfsumme; kopieren Sie sie noch einmal aus der Wallet.',
  ],
  muxed_address_refused: [
    '%1 ist eine M-Adresse, an die PayD nicht zahlt.',
    'Geben Sie die Adresse des Kontos (G…) an und als Memo, was der Empfänger verlangt, oft eine Zahl.',
  ],
  secret_key_refused: [
    '%1 enthält einen geheimen Stellar-Schlüssel. Er wurde nicht gespeichert.',
    'Geben Sie nie einen geheimen Schlüssel (S…) weiter. Nehmen Sie die öffentliche Adresse (G…), und bringen Sie das Geld in Sicherheit, wenn der Schlüssel bekannt wurde.',
  ],
  invalid_memo: [
    '%1 ist kein Memo einer Zahlung.',
    'Ein Text hat höchstens 28 Bytes, eine Zahl geht bis 18446744073709551615.',
  ],
  memo_too_long: [
    'Das Memo hat %1 Bytes, und Stellar trägt 28.',
    'Kürzen Sie es; Umlaute und Zeichen brauchen zwei bis vier Bytes.',
  ],
  memo_type_missing: [
    'Das Memo %1 kann ein Text oder eine Zahl sein, und das sind zwei verschiedene Memos.',
    'Wählen Sie Text oder Zahl, wie es der Empfänger der Zahlung verlangt.',
  ],
  invalid_date: ['%1 ist kein Tag zwischen dem 01.01.1900 und dem 31.12.2200.', 'Geben Sie einen Tag an, den es gibt.'],
  invalid_time_zone: ['%1 ist keine Zeitzone.', 'Wählen Sie einen Ort wie Europe/Berlin, oder UTC.'],
  invalid_email: ['%1 ist keine E-Mail-Adresse.', 'Schreiben Sie sie wie name@example.com.'],
  invalid_fields: ['Die Felder sind kein Objekt.', 'Laden Sie die Seite neu und versuchen Sie es noch einmal.'],
  invalid_status: ['%1 ist kein Stand.', 'Möglich sind aktiv, inaktiv und ausstehend.'],
  control_character_refused: [
    '%1 enthält ein Steuerzeichen oder eines, das die Schreibrichtung ändert.',
    'Tippen Sie den Text, statt ihn zu kopieren.',
  ],
  text_missing: ['%1 darf nicht leer sein.', 'Geben Sie einen Wert an.'],
  text_too_long: ['%1 ist länger als %2 Zeichen.', 'Kürzen Sie den Text.'],
  document_too_large: ['%1 ist größer als %2 kB.', 'Schicken Sie weniger auf einmal.'],
  reason_missing: ['Wer zurückgibt, muss sagen, warum.', 'Sagen Sie, was geändert werden muss.'],
  search_too_short: ['Die Suche enthält kein Wort.', 'Geben Sie mindestens einen Buchstaben oder eine Ziffer ein.'],
} as const satisfies Record<string, Sentence>
