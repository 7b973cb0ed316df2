import type { Sentence } from '../../sentence.ts'

/** Files, and what the package refuses before it asks. */
export const input = {
  csv_ambiguous_amounts: [
    'Ein Betrag wie 60.000 ist sechzig oder sechzigtausend.',
    'Sagen Sie, welches das Dezimalzeichen des Lohns ist.',
  ],
  csv_cell_failed: [
    'In einer Zelle steht, was die Tabelle anstelle des Werts geschrieben hat, etwa #NV oder 1,23E+17.',
    'Berichtigen Sie die Formel oder machen Sie die Spalte breiter; lange Zahlen müssen Texte sein.',
  ],
  csv_columns_missing: [
    'Der Datei fehlen Spalten, die jede Person braucht.',
    'Fügen Sie sie hinzu, oder sagen Sie, welche Spalten der Datei es sind.',
  ],
  csv_columns_repeated: [
    'Zwei Spalten der Datei bedeuten dasselbe.',
    'Behalten Sie eine, oder sagen Sie, was jede ist.',
  ],
  csv_columns_unknown: [
    'Die Datei hat Spalten, die nichts bedeuten.',
    'Sagen Sie, was sie sind, oder lassen Sie sie aus.',
  ],
  csv_empty: ['Die Datei hat keine Zeilen.', 'Wählen Sie eine andere Datei.'],
  csv_malformed: ['Ein Text in Anführungszeichen endet nicht.', 'Speichern Sie die Datei noch einmal als CSV.'],
  csv_not_text: [
    'Die Datei ist kein Text, sondern eine Arbeitsmappe.',
    'Speichern Sie sie als CSV (UTF-8) oder .xlsx.',
  ],
  csv_not_utf8: [
    'Die Datei hat Buchstaben in unbekannter Kodierung.',
    'Sagen Sie unten, welche es ist, oder speichern Sie sie als CSV in UTF-8.',
  ],
  csv_too_large: ['Die Datei ist größer als 32 MB.', 'Teilen Sie sie.'],
  csv_too_many_rows: ['Die Datei hat zu viele Zeilen.', 'Teilen Sie sie.'],
  csv_values_without_column: [
    'Eine Zeile hat mehr Werte als der Kopf Spalten.',
    'Berichtigen Sie die Zeile; ein Text mit Trennzeichen braucht Anführungszeichen.',
  ],
  wrong_number_of_fields: [
    'Eine Zeile hat eine andere Zahl von Werten als der Kopf.',
    'Berichtigen Sie die Zeile; ein Text mit Trennzeichen braucht Anführungszeichen.',
  ],
  invalid_argument: ['Eine Angabe hat eine falsche Art.', 'Berichtigen Sie sie.'],
  invalid_characters: ['Ein Text enthält Zeichen, die sich nicht speichern lassen.', 'Tippen Sie ihn noch einmal.'],
  invalid_choice: ['Eine Angabe ist keine der möglichen.', 'Wählen Sie eine andere.'],
  invalid_client: ['Die Konsole ist falsch eingerichtet.', 'Laden Sie die Seite neu.'],
  invalid_cursor: ['Diese Seite gehört zu einer anderen Liste.', 'Laden Sie die Seite neu.'],
  invalid_id: [
    'Eine solche Nummer hat PayD nie vergeben.',
    'Folgen Sie einem Link der Konsole, statt eine Adresse zu tippen.',
  ],
  invalid_invitation: ['Es gibt keinen Code einer Einladung.', 'Öffnen Sie den ganzen Link der Einladung.'],
  invitation_not_open: [
    'Diese Einladung wurde inzwischen angenommen oder zurückgezogen.',
    'Sehen Sie nach, wer sie angenommen hat; laden Sie sonst noch einmal ein.',
  ],
  invalid_limit: ['Eine Seite hat 1 bis 200 Einträge.', 'Fragen Sie nach weniger.'],
  invalid_timestamp: [
    'Eine Zeit steht ohne ihre Zone da.',
    'Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  ],
  invalid_value: [
    'Ein Wert hat eine Form, die die Datenbank nicht lesen kann.',
    'Prüfen Sie, was Sie eingegeben haben.',
  ],
  invalid_webhook_body: ['Das ist kein Ereignis von PayD.', 'Weisen Sie die Zustellung ab.'],
  invalid_webhook_secret: [
    'Das Geheimnis des Empfängers ist keines.',
    'Nehmen Sie das Geheimnis, das beim Anlegen gezeigt wurde.',
  ],
  missing_signature_header: ['Die Zustellung trägt keine Unterschrift.', 'Weisen Sie sie ab.'],
  missing_value: ['Ein Wert fehlt.', 'Füllen Sie alles aus, was nötig ist.'],
  organization_mismatch: ['Die Konsole arbeitet in einer anderen Organisation.', 'Laden Sie die Seite neu.'],
  signature_mismatch: [
    'Die Unterschrift gehört nicht zu diesem Inhalt und Geheimnis.',
    'Weisen Sie die Zustellung ab.',
  ],
  signing_request_differs: [
    'Was unterschrieben werden soll, ist nicht, was der Lohnlauf sagt.',
    'Unterschreiben Sie es nicht; sagen Sie es dem Betreiber.',
  ],
  timestamp_too_new: [
    'Die Zustellung trägt eine Zeit mehr als fünf Minuten voraus.',
    'Weisen Sie sie ab; sind es alle, stellen Sie die Uhr des Empfängers.',
  ],
  timestamp_too_old: [
    'Die Zustellung ist mehr als fünf Minuten alt.',
    'Weisen Sie sie ab; sind es alle, stellen Sie die Uhr des Empfängers.',
  ],
  unknown_argument: ['Ein solches Feld gibt es nicht.', 'Laden Sie die Seite neu.'],
  webhook_secret_not_shown_again: [
    'Den Endpunkt gibt es, und sein Geheimnis wurde schon gezeigt.',
    'Löschen Sie ihn und legen Sie einen neuen an, oder machen Sie ein neues Geheimnis.',
  ],
} as const satisfies Record<string, Sentence>
