import type { Sentence } from '../../sentence.ts'

/** Who may do what, members, preferences and what cannot be changed at all. */
export const access = {
  already_a_member: [
    'Diese Person ist schon Mitglied der Organisation.',
    'Ändern Sie ihre Rolle, statt sie noch einmal einzuladen.',
  ],
  invalid_role: ['%1 ist keine Rolle.', 'Die Rollen sind viewer, manager und admin.'],
  invitation_not_found: [
    'Mit diesem Code gibt es keine offene Einladung für Sie.',
    'Melden Sie sich mit der eingeladenen Adresse an und prüfen Sie, ob der Code vollständig und höchstens sieben Tage alt ist, oder bitten Sie um eine neue Einladung.',
  ],
  invitation_unknown: [
    'In Ihrer Organisation gibt es keine offene Einladung %1.',
    'Eine angenommene oder zurückgezogene Einladung lässt sich nicht noch einmal zurückziehen.',
  ],
  last_admin: ['Eine Organisation braucht mindestens einen Admin.', 'Machen Sie zuerst jemand anderen zum Admin.'],
  member_is_active: ['Das Mitglied %1 wurde nicht entfernt.', 'Entfernen Sie zuerst die Mitgliedschaft.'],
  member_not_found: [
    'In Ihrer Organisation gibt es kein Mitglied %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  member_not_known: [
    'In Ihrer Organisation gibt es weder ein Mitglied noch ein früheres Mitglied %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  no_organization: [
    'Sie gehören zu keiner Organisation, oder nicht zu der, um die es hier geht.',
    'Beginnen Sie eine Organisation oder nehmen Sie eine Einladung an.',
  ],
  not_signed_in: ['Sie sind nicht angemeldet.', 'Melden Sie sich an und versuchen Sie es noch einmal.'],
  not_your_employment: [
    'Mit Ihrem Konto ist in der Organisation %1 niemand verknüpft.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  not_your_organization: [
    'Sie sind kein Mitglied der Organisation %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  organization_has_open_work: [
    'Die Organisation %1 kann noch nicht geschlossen werden: %2.',
    'Bringen Sie das zu Ende, geben Sie es zurück oder warten Sie sein Ende ab.',
  ],
  organization_not_found: ['Es gibt keine Organisation %1.', 'Prüfen Sie die Nummer.'],
  role_too_low: [
    'Dafür brauchen Sie in der Organisation die Rolle %1.',
    'Bitten Sie einen Admin, es zu tun oder Ihre Rolle zu ändern.',
  ],
  notification_not_found: [
    'In dieser Organisation gibt es für Sie keine Benachrichtigung %1.',
    'Benachrichtigungen werden 30 Tage lang aufgehoben.',
  ],
  invalid_preference_value: ['%1 ist kein möglicher Wert von %2.'],
  unknown_preference: ['%1 ist keine Einstellung.', 'Laden Sie die Seite neu und wählen Sie noch einmal.'],
  invalid_setting: ['%1 ist kein möglicher Wert von %2.'],
  limit_reached: ['Mehr als %1 sind nicht möglich (%2), und so viele gibt es schon.'],
  view_is_read_only: ['%1 zeigt nur, was in anderen Tabellen steht.', 'Nehmen Sie die Funktionen, die es ändern.'],
  append_only: [
    'Zu %1 lässt sich nur hinzufügen.',
    'Nichts davon kann geändert oder entfernt werden; ein neuer Eintrag berichtigt den alten.',
  ],
  column_is_fixed: [
    '%1 von %2 %3 wird einmal geschrieben und lässt sich nicht ändern.',
    'Ein neuer Eintrag berichtigt ihn.',
  ],
  immutable_columns: [
    'Was Eintrag %1 von %2 über Geld sagt, steht fest, seit er geschrieben wurde.',
    'Nur sein Stand darf sich ändern; was falsch ist, berichtigt ein neuer Eintrag.',
  ],
  transition_not_allowed: ['%1 %2 kann nicht von %3 zu %4 werden.', 'Von dort geht es nur nach: %1.'],
  version_outdated: [
    'Jemand hat das geändert, seit Sie es gelesen haben: Es hat Fassung %1, Sie sahen Fassung %2.',
    'Lesen Sie es neu und wiederholen Sie Ihre Änderung an dem, was jetzt da steht.',
  ],
  idempotency_key_reused: [
    'Derselbe Auftrag wurde schon mit anderem Inhalt geschickt.',
    'Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  ],
  invalid_idempotency_key: [
    'Der Schlüssel des Auftrags ist leer oder länger als 255 Zeichen.',
    'Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  ],
} as const satisfies Record<string, Sentence>
