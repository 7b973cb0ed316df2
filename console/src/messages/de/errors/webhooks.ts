import type { Sentence } from '../../sentence.ts'

/** Endpoints, events and deliveries. */
export const webhooks = {
  event_not_found: [
    'In Ihrer Organisation gibt es kein Ereignis %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  invalid_delivery_results: ['Die Ergebnisse sind keine Listen gleicher Länge.', 'Melden Sie das dem Betreiber.'],
  invalid_event_pattern: [
    '%1 ist weder eine Art von Ereignis noch ein Muster.',
    'Nehmen Sie Arten wie payroll.completed, Muster wie payroll.* oder * für alle.',
  ],
  invalid_overlap: [
    'Alte und neue Geheimnisse gelten 0 Sekunden bis 7 Tage nebeneinander.',
    'Geben Sie 0 bis 604800 Sekunden an.',
  ],
  invalid_webhook_option: ['Die Einstellung %1 des Endpunkts ist nicht gültig: %2.', 'Berichtigen Sie sie.'],
  invalid_webhook_url: [
    'An diese Adresse lassen sich keine Webhooks senden: %1.',
    'Nehmen Sie eine https-Adresse mit öffentlichem Namen, ohne Benutzer und Passwort.',
  ],
  too_many_test_webhooks: [
    'Der Endpunkt %1 wurde in der letzten Stunde 20-mal geprüft.',
    'Warten Sie, oder sehen Sie die Zustellungen an.',
  ],
  too_many_webhook_secrets: [
    'Der Endpunkt %1 hat schon 5 gültige Geheimnisse.',
    'Warten Sie, bis eines der älteren abläuft.',
  ],
  too_many_webhook_subscriptions: [
    'Eine Organisation kann höchstens 20 Endpunkte haben.',
    'Löschen Sie einen, den Sie nicht mehr brauchen.',
  ],
  webhook_attempt_not_found: ['In Ihrer Organisation gibt es keinen solchen Versuch.', 'Laden Sie die Seite neu.'],
  webhook_subscription_deleted: ['Der Endpunkt %1 wurde gelöscht.', 'Legen Sie einen neuen an.'],
  webhook_subscription_inactive: ['An den Endpunkt %1 wird nichts gesendet.', 'Schalten Sie ihn zuerst ein.'],
  webhook_subscription_not_found: [
    'In Ihrer Organisation gibt es keinen solchen Endpunkt.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  webhook_subscription_unverified: [
    'Die Adresse des Endpunkts %1 ist nicht bestätigt.',
    'Lassen Sie die Adresse die Anfrage beantworten; danach schaltet er sich von selbst ein.',
  ],
} as const satisfies Record<string, Sentence>
