import type { Sentence } from '../../sentence.ts'

/** What happens before, around or instead of an answer. */
export const connection = {
  aborted: [
    'Auf die Antwort wurde nicht mehr gewartet; ob es geschehen ist, ist offen.',
    'Sehen Sie den jetzigen Stand an, bevor Sie es wiederholen.',
  ],
  already_exists: [
    'Dasselbe gibt es schon, oder es überschneidet sich.',
    'Ändern Sie, was da ist, oder nehmen Sie einen anderen Namen, eine andere Adresse oder einen anderen Tag.',
  ],
  answer_incomplete: [
    'Die Datenbank hat weniger Zeilen beantwortet, als geschickt wurden.',
    'Importieren Sie die Datei noch einmal; was schon da ist, bleibt, wie es ist.',
  ],
  clock_skew: ['Die Uhren zweier Server gehen ein wenig auseinander.', 'Versuchen Sie es gleich noch einmal.'],
  connection_lost: ['Die Verbindung zur Datenbank riss ab.', 'Versuchen Sie es gleich noch einmal.'],
  gateway_failed: ['Der Server konnte nicht antworten.', 'Versuchen Sie es gleich noch einmal.'],
  in_use: [
    'Etwas, worauf es sich bezieht, ist nicht da oder wird noch gebraucht.',
    'Laden Sie die Seite neu; vielleicht hat es jemand geändert.',
  ],
  invalid_api_key: [
    'Der Schlüssel des Projekts fehlt oder ist falsch.',
    'Prüfen Sie Adresse und öffentlichen Schlüssel des Projekts.',
  ],
  network_error: ['Es kam keine Antwort.', 'Prüfen Sie die Verbindung und versuchen Sie es noch einmal.'],
  not_allowed: ['Ihre Rolle erlaubt das nicht.', 'Bitten Sie einen Admin Ihrer Organisation.'],
  not_found: [
    'In Ihrer Organisation gibt es keinen solchen Eintrag.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  project_paused: ['Das Supabase-Projekt ruht.', 'Wecken Sie es in der Verwaltung von Supabase.'],
  rate_limited: ['Das waren zu viele Anfragen.', 'Warten Sie einen Augenblick.'],
  realtime_failed: ['Die laufenden Meldungen sind unterbrochen.', 'Nichts: Die Verbindung kommt von selbst wieder.'],
  realtime_refused: [
    'Sie dürfen die Meldungen dieser Organisation nicht hören.',
    'Prüfen Sie, ob Sie angemeldet sind und zu ihr gehören.',
  ],
  rule_violated: [
    'Eine Regel der Datenbank ist nicht eingehalten.',
    'Berichtigen Sie die Werte und versuchen Sie es noch einmal.',
  ],
  schema_outdated: [
    'Die Datenbank ist älter oder neuer als diese Konsole.',
    'Der Betreiber muss beide auf dieselbe Version bringen.',
  ],
  server_failed: [
    'Der Server oder seine Datenbank ist gescheitert.',
    'Versuchen Sie es gleich noch einmal; bleibt es so, fragen Sie den Betreiber.',
  ],
  session_expired: ['Ihre Sitzung ist zu Ende.', 'Melden Sie sich wieder an.'],
  session_invalid: ['Ihre Sitzung gilt in diesem Projekt nicht.', 'Melden Sie sich wieder an.'],
  session_missing: ['Niemand mit einem Postfach ist angemeldet.', 'Melden Sie sich an.'],
  statement_timeout: [
    'Es dauerte länger, als die Datenbank erlaubt.',
    'Fragen Sie nach weniger auf einmal, oder versuchen Sie es später.',
  ],
  timed_out: [
    'Die Zeit reichte nicht; ob es geschehen ist, ist offen.',
    'Sehen Sie den jetzigen Stand an, bevor Sie es wiederholen.',
  ],
  too_many_connections: ['Die Datenbank ist beschäftigt oder startet gerade.', 'Versuchen Sie es gleich noch einmal.'],
  transaction_rolled_back: [
    'Jemand arbeitete im selben Augenblick am selben, darum wurde nichts geändert.',
    'Versuchen Sie es gleich noch einmal.',
  ],
  unexpected_answer: [
    'Was geantwortet hat, ist nicht PayD, vielleicht die Anmeldeseite eines Netzes.',
    'Öffnen Sie eine andere Webseite; vielleicht verlangt das Netz eine Anmeldung.',
  ],
  unexpected_failure: [
    'Der Grund ist nicht bekannt.',
    'Versuchen Sie es noch einmal; bleibt es so, geben Sie dem Betreiber die Einzelheiten.',
  ],
} as const satisfies Record<string, Sentence>
