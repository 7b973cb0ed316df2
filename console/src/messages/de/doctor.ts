/** What stands still and the safe thing to do. The names are the sentences of the database. */
export const doctor: Readonly<Record<string, string>> = {
  'payroll run %s': 'Lohnlauf %1',
  '; the time to sign ended %s times before': '; die Zeit dafür lief schon %1-mal ab',
  'The scheduled job %s has never ended well since %s.':
    'Die regelmäßige Aufgabe %1 ist seit %2 nie gut zu Ende gegangen.',
  'The scheduled job %s last ended well at %s.': 'Die regelmäßige Aufgabe %1 ging zuletzt %2 gut zu Ende.',
  'Look for its error in cron.job_run_details or in the log of whatever runs the jobs; every job may be run again at any time.':
    'Suchen Sie den Fehler in cron.job_run_details oder im Protokoll dessen, was die Aufgaben startet; jede darf jederzeit noch einmal laufen.',
  'Nothing has ever run the scheduled jobs of this project.':
    'Die regelmäßigen Aufgaben dieses Projekts hat noch nie etwas gestartet.',
  'Enable pg_cron, or let something else run private.run_job() for each row of private.scheduled_jobs.':
    'Schalten Sie pg_cron ein, oder lassen Sie etwas anderes private.run_job() für jede Zeile von private.scheduled_jobs aufrufen.',
  'pg_net and Vault are there, but Vault lacks payd_project_url or payd_cron_key, so no worker is ever rung.':
    'pg_net und Vault sind da, aber in Vault fehlt payd_project_url oder payd_cron_key: Kein Arbeiter wird je geweckt.',
  'Create both secrets as docs/deploy.md says; what waits is then done by itself.':
    'Legen Sie beide Geheimnisse an, wie docs/deploy.md es sagt; was wartet, geschieht dann von selbst.',
  '%s events of the type %s could not be written (error %s), the last about %s.':
    '%1 Ereignisse der Art %2 ließen sich nicht schreiben (Fehler %3), das letzte über %4.',
  'What the event reports is done; only consumers do not know. Report the type and the error to whoever maintains PayD.':
    'Was das Ereignis meldet, ist geschehen; nur die Empfänger wissen es nicht. Melden Sie Art und Fehler denen, die PayD pflegen.',
  'A wallet change of employee %s waits for a second person.':
    'Eine Adressänderung der Person %1 wartet auf eine zweite Person.',
  'Confirm it after you asked the employee, or cancel it.':
    'Bestätigen Sie sie, nachdem Sie die Person gefragt haben, oder verwerfen Sie sie.',
  'The wallet change of employee %s should have taken effect at %s.':
    'Die Adressänderung der Person %1 hätte %2 wirksam werden sollen.',
  'Check that the scheduled jobs run; until it takes effect the employee is paid at the old address.':
    'Prüfen Sie, ob die regelmäßigen Aufgaben laufen; bis dahin wird die Person an der alten Adresse bezahlt.',
  'The approvers of payroll run %s are asked again, because %s.':
    'Für den Lohnlauf %1 wird noch einmal um Genehmigung gebeten. Der Grund: %2.',
  'Somebody who had no part in it looks at it and approves it. Then it can be resumed or retried.':
    'Jemand, der daran nicht beteiligt war, sieht ihn an und genehmigt ihn. Dann kann er weitergehen oder wiederholt werden.',
  'Payroll run %s needs %s approvals, and only %s people had no part in it.':
    'Der Lohnlauf %1 braucht %2 Genehmigungen, und nur %3 Personen waren daran nicht beteiligt.',
  'Payroll run %s has %s of %s approvals.': 'Der Lohnlauf %1 hat %2 von %3 Genehmigungen.',
  'Payroll run %s is approved, and its payment was not started.':
    'Der Lohnlauf %1 ist genehmigt, und seine Zahlung wurde nicht begonnen.',
  'Give another person the role manager, or send the run back and let somebody else submit it.':
    'Machen Sie noch jemanden zum Manager, oder geben Sie den Lauf zurück und lassen Sie ihn von jemand anderem einreichen.',
  'Ask a manager or an admin who had no part in it to look at it.':
    'Bitten Sie einen Manager oder Admin, der nicht beteiligt war, ihn anzusehen.',
  'Start the payment, or send the run back.': 'Beginnen Sie die Zahlung, oder geben Sie den Lauf zurück.',
  'Payroll schedule %s has owed a draft since %s and fails: %s':
    'Der Zeitplan %1 schuldet seit %2 einen Entwurf und schlägt fehl: %3',
  'Mend the cause; the schedule is tried again every 15 minutes. Draft the run by hand if the pay day is near.':
    'Beheben Sie die Ursache; der Zeitplan wird alle 15 Minuten noch einmal versucht. Legen Sie den Lauf von Hand an, wenn der Zahltag nah ist.',
  'Payroll schedule %s has owed a draft since %s and nothing runs it.':
    'Der Zeitplan %1 schuldet seit %2 einen Entwurf, und nichts führt ihn aus.',
  'Check that the scheduled job payroll-schedules runs. Draft the run by hand if the pay day is near.':
    'Prüfen Sie, ob die regelmäßige Aufgabe payroll-schedules läuft. Legen Sie den Lauf von Hand an, wenn der Zahltag nah ist.',
  'Nothing goes through the channel account %s of the treasury %s: %s.':
    'Über das Kanalkonto %1 der Kasse %2 geht nichts: %3.',
  'Send it some XLM; it is tried again every five minutes.':
    'Senden Sie ihm etwas XLM; es wird alle fünf Minuten noch einmal versucht.',
  'Add its key to PAYD_CHANNEL_KEYS under the address of this treasury, or remove it.':
    'Fügen Sie seinen Schlüssel unter der Adresse dieses Kassenkontos zu PAYD_CHANNEL_KEYS hinzu, oder entfernen Sie es.',
  'Remove it, and create an account of its own for this channel.':
    'Entfernen Sie es, und legen Sie für diesen Kanal ein eigenes Konto an.',
  '%s of the people whom payroll run %s could not pay can be paid now: their accounts take the payment.':
    '%1 der Personen, die der Lohnlauf %2 nicht bezahlen konnte, können jetzt bezahlt werden: Ihre Konten nehmen die Zahlung an.',
  'Retry the run: it pays exactly what was approved and not paid.':
    'Wiederholen Sie den Lauf: Er zahlt genau das, was genehmigt und nicht bezahlt wurde.',
  'Payroll run %s waits: the treasury account %s holds enough for the next payments only if some of the %s transactions fail that are on their way.':
    'Der Lohnlauf %1 wartet: Das Guthaben des Kassenkontos %2 reicht für die nächsten Zahlungen nur, wenn einige der %3 Transaktionen scheitern, die unterwegs sind.',
  'Fund the treasury account for the whole run. Otherwise the run goes on, or stops and says what is missing, as soon as those have ended.':
    'Füllen Sie das Kassenkonto für den ganzen Lauf auf. Sonst geht der Lauf weiter oder hält an und sagt, was fehlt, sobald diese beendet sind.',
  'Create the account anew and let its own key sign for it, or remove it.':
    'Legen Sie das Konto neu an und lassen Sie seinen eigenen Schlüssel dafür unterschreiben, oder entfernen Sie es.',
  'Nobody is paid less by it: the other channel accounts pay, or the treasury by its own numbers.':
    'Niemand bekommt darum weniger: Die anderen Kanalkonten zahlen, oder die Kasse mit ihren eigenen Nummern.',
  'Payroll run %s is processing but nothing has moved for %s.':
    'Der Lohnlauf %1 wird bezahlt, aber seit %2 hat sich nichts bewegt.',
  'Check that the schedule rings payroll-disburse and that the function holds the key of the source account.':
    'Prüfen Sie, ob payroll-disburse regelmäßig geweckt wird und die Funktion den Schlüssel des Kassenkontos hat.',
  'Payroll run %s failed: %s': 'Der Lohnlauf %1 ist nicht ganz bezahlt: %2',
  'Mend the cause, then retry the run; only what was not paid is paid.':
    'Beheben Sie die Ursache und wiederholen Sie den Lauf; bezahlt wird nur, was noch nicht bezahlt ist.',
  'The report about payroll run %s has not been written.':
    'Der Bericht über den Lohnlauf %1 ist noch nicht geschrieben.',
  'Look whether payroll-disburse is rung and whether a network is configured; then the report comes by itself.':
    'Sehen Sie nach, ob payroll-disburse geweckt wird und ein Netz eingestellt ist; dann kommt der Bericht von selbst.',
  'A person %s payroll run %s: %s': 'Eine Person hat den Lohnlauf %2 %1: %3',
  'What was sent goes on to its end, and nothing more is sent. Resume or cancel it.':
    'Was gesendet ist, geht zu Ende, und mehr wird nicht gesendet. Setzen Sie ihn fort, oder brechen Sie ihn ab.',
  'Transaction %s of %s waits for signatures: %s of the weight %s has signed%s.':
    'Die Transaktion %1 (%2) wartet auf Unterschriften: %3 vom Gewicht %4 ist unterschrieben%5.',
  'Let its signers sign it in their wallets. If it is not signed in time it is prepared anew; if it must not be paid, cancel the run.':
    'Lassen Sie sie in den Wallets unterschreiben. Ist die Zeit um, wird sie neu vorbereitet; darf sie nicht bezahlt werden, brechen Sie den Lauf ab.',
  'Transaction %s was prepared %s ago and its end is not proven (last answer: %s).':
    'Die Transaktion %1 wurde vor %2 vorbereitet, und ihr Ausgang ist nicht bewiesen (letzte Antwort: %3).',
  'Check that payroll-disburse is rung and that the Horizon server answers; never pay these people another way before it is final.':
    'Prüfen Sie, ob payroll-disburse geweckt wird und der Horizon-Server antwortet; bezahlen Sie diese Personen auf keinem anderen Weg, bevor der Ausgang feststeht.',
  'Payroll run %s was built %s times without reaching a ledger (last answer: %s).':
    'Der Lohnlauf %1 wurde %2-mal gebaut, ohne ein Ledger zu erreichen (letzte Antwort: %3).',
  'Check the fee limit in private.settings and the Horizon server; nobody is paid twice by it.':
    'Prüfen Sie die Gebührengrenze in private.settings und den Horizon-Server; niemand wird dadurch zweimal bezahlt.',
  'Payroll run %s waits: number %s of the account %s was called unused, and it is not proven who used it since.':
    'Der Lohnlauf %1 wartet: Die Nummer %2 des Kontos %3 galt als unbenutzt, und es ist nicht bewiesen, wer sie seither benutzt hat.',
  'Cancel the run and retry it from another treasury account; or the operator looks at two providers and closes the number.':
    'Brechen Sie den Lauf ab und wiederholen Sie ihn von einem anderen Kassenkonto; oder der Betreiber sieht bei zwei Anbietern nach und schließt die Nummer.',
  'Transaction %s is held (%s): its end cannot be proven, and nothing more is paid from its account.':
    'Die Transaktion %1 wird festgehalten (%2): Ihr Ausgang lässt sich nicht beweisen, und von ihrem Konto wird nichts mehr bezahlt.',
  'Look for it in the ledger through another provider; then call propose_resolution with what you saw, and let another person call confirm_resolution. Never pay these people another way before that.':
    'Suchen Sie sie über einen anderen Anbieter im Ledger; rufen Sie dann propose_resolution mit dem auf, was Sie gesehen haben, und lassen Sie eine andere Person confirm_resolution aufrufen. Bezahlen Sie diese Personen vorher auf keinem anderen Weg.',
  '%s wallets were not read from the ledger for over an hour.':
    '%1 Wallets wurden seit über einer Stunde nicht aus dem Ledger gelesen.',
  'Check that horizon-sync is rung and that the Horizon server answers.':
    'Prüfen Sie, ob horizon-sync geweckt wird und der Horizon-Server antwortet.',
  'The provider %s has sent PayD away %s times and wants to be left alone.':
    'Der Anbieter %1 hat PayD %2-mal abgewiesen und will in Ruhe gelassen werden.',
  'Nothing needs to be done; work goes on by itself. If it happens often, set the rate that the provider allows.':
    'Es ist nichts zu tun; die Arbeit geht von selbst weiter. Geschieht es oft, stellen Sie ein, wie viel der Anbieter erlaubt.',
  'All but a fifth of what the provider %s allows (%s requests a second, %s at once) is used.':
    'Bis auf ein Fünftel ist verbraucht, was der Anbieter %1 erlaubt (%2 Anfragen in der Sekunde, %3 zugleich).',
  'Payments go first and wallets are read later. Name a provider that allows more, or raise the rate if it does.':
    'Zahlungen gehen vor, Wallets werden später gelesen. Nennen Sie einen Anbieter, der mehr erlaubt, oder erhöhen Sie die Grenze, wenn er es tut.',
  'The provider %s is %s since %s; its newest ledger is %s, closed %s.':
    'Der Anbieter %1 ist seit %3 „%2“; sein neuestes Ledger ist %4, geschlossen %5.',
  'Nothing is believed. Give the address of a provider of the network.':
    'Ihm wird nichts geglaubt. Nennen Sie die Adresse eines Anbieters dieses Netzes.',
  'Nothing is believed. When the network really began anew, begin its books anew.':
    'Ihm wird nichts geglaubt. Hat das Netz wirklich neu begonnen, beginnen Sie auch seine Bücher neu.',
  'It names a ledger that cannot exist yet, and nothing is believed. Name another provider.':
    'Er nennt ein Ledger, das es noch nicht geben kann, und ihm wird nichts geglaubt. Nennen Sie einen anderen Anbieter.',
  'Old answers overwrite nothing. If it lasts, name another provider.':
    'Alte Antworten überschreiben nichts. Dauert es an, nennen Sie einen anderen Anbieter.',
  'The history of %s between the ledgers %s and %s is not complete or does not fit (%s).':
    'Die Geschichte von %1 zwischen den Ledgern %2 und %3 ist nicht vollständig oder passt nicht (%4).',
  'It is read again by itself. If the provider no longer keeps these ledgers, name one that does, or accept the gap.':
    'Sie wird von selbst noch einmal gelesen. Hat der Anbieter diese Ledger nicht mehr, nennen Sie einen, der sie hat, oder nehmen Sie die Lücke hin.',
  'The history of %s is not read on: %s.': 'Die Geschichte von %1 wird nicht weitergelesen: %2.',
  'Check the address and the network of the provider.': 'Prüfen Sie die Adresse und das Netz des Anbieters.',
  '%s transactions are in doubt, of the payroll runs %s.': '%1 Transaktionen sind im Zweifel, aus den Lohnläufen %2.',
  'Nothing more is paid from the account. Look for the transactions at another provider; then two managers say what is true.':
    'Von dem Konto wird nichts mehr bezahlt. Suchen Sie die Transaktionen bei einem anderen Anbieter; dann sagen zwei Manager, was wahr ist.',
  'Two people say that payments from the account %s did not end as recorded. %s transactions are looked for in the ledger once more.':
    'Zwei Personen sagen, dass Zahlungen vom Konto %1 nicht so ausgingen wie aufgeschrieben. %2 Transaktionen werden noch einmal im Ledger gesucht.',
  'Nothing more is paid from the account meanwhile. If the payments were made after all, two people say so.':
    'Von dem Konto wird solange nichts mehr bezahlt. Gab es die Zahlungen doch, sagen das zwei Personen.',
  'Payroll run %s waits: payments from the account %s were called failed or never made, and in ledger %s it holds something else than they leave (known up to ledger %s).':
    'Der Lohnlauf %1 wartet: Zahlungen vom Konto %2 galten als fehlgeschlagen oder nie gemacht, und im Ledger %3 hält es etwas anderes, als sie übrig lassen (bekannt bis Ledger %4).',
  'Pay nobody another way. The history of the account is read up to that ledger; it explains the difference, or a contradiction is opened that two people resolve. Check that horizon-sync is rung, and the gaps of its history.':
    'Bezahlen Sie niemanden auf einem anderen Weg. Die Geschichte des Kontos wird bis zu diesem Ledger gelesen; sie erklärt den Unterschied, oder zwei Personen lösen den Widerspruch. Prüfen Sie, ob horizon-sync geweckt wird, und die Lücken der Geschichte.',
  'Claimable balance %s has been asked back and is not back yet.':
    'Das abholbare Guthaben %1 wurde zurückgefordert und ist noch nicht zurück.',
  'Claimable balance %s was not taken back: %s': 'Das abholbare Guthaben %1 wurde nicht zurückgenommen: %2',
  'Look whether payroll-disburse is rung and whether its treasury account is held; it comes back by itself.':
    'Sehen Sie nach, ob payroll-disburse geweckt wird und ob das Kassenkonto festgehalten ist; es kommt von selbst zurück.',
  'Mend the cause, then ask for it again.': 'Beheben Sie die Ursache und fordern Sie es noch einmal zurück.',
  'In ledger %s the contract %s does not run the registered code %s (%s).':
    'Im Ledger %1 läuft der Vertrag %2 nicht mit dem eingetragenen Code %3 (%4).',
  'Find out who changed it. If it was meant, record the upgrade.':
    'Finden Sie heraus, wer ihn geändert hat. War es gewollt, tragen Sie die neue Fassung ein.',
  'The RPC server did not keep the events of the contract %s in the ledgers %s to %s.':
    'Der RPC-Server hat die Ereignisse des Vertrags %1 in den Ledgern %2 bis %3 nicht behalten.',
  'Read them from a server that keeps them and record them with record_contract_events.':
    'Lesen Sie sie von einem Server, der sie hat, und tragen Sie sie mit record_contract_events ein.',
  '%s events wait for the webhook subscription %s, the oldest for %s.':
    '%1 Ereignisse warten auf den Webhook %2, das älteste seit %3.',
  'Look at the delivery log for the error of the consumer; deliveries go on by themselves.':
    'Sehen Sie im Zustellprotokoll nach dem Fehler des Empfängers; die Zustellungen gehen von selbst weiter.',
  'The address of the webhook subscription %s answered that it is gone.':
    'Die Adresse des Webhooks %1 hat geantwortet, dass es sie nicht mehr gibt.',
  'The webhook subscription %s was disabled after five days of failures.':
    'Der Webhook %1 wurde nach fünf Tagen voller Fehler abgeschaltet.',
  'Mend the consumer, then enable the subscription; what it missed is sent then. Delete it if nobody needs it.':
    'Reparieren Sie den Empfänger und schalten Sie den Webhook wieder ein; was er verpasst hat, wird dann gesendet. Löschen Sie ihn, wenn ihn niemand braucht.',
  '%s events of the last 30 days were given up for the webhook subscription %s.':
    '%1 Ereignisse der letzten 30 Tage wurden für den Webhook %2 aufgegeben.',
  'Mend the consumer, then call recover_webhooks, which sends them again.':
    'Reparieren Sie den Empfänger und rufen Sie recover_webhooks auf; dann werden sie noch einmal gesendet.',
  'After everything that its history shows, the account %s would hold %s %s in ledger %s, and it holds %s (%s). It agreed last in ledger %s.':
    'Nach allem, was seine Geschichte zeigt, hielte das Konto %1 im Ledger %4 %2 %3, und es hält %5 (%6). Zuletzt stimmte es im Ledger %7.',
  'The ledger shows a payment from the account %s with the sequence number %s in ledger %s (%s), and PayD recorded that it was never applied.':
    'Das Ledger zeigt eine Zahlung vom Konto %1 mit der Nummer %2 im Ledger %3 (%4), und PayD hat aufgeschrieben, dass sie nie ausgeführt wurde.',
  'PayD recorded that the account %s used sequence number %s in ledger %s, but %s in ledger %s (%s). Its newest look, at ledger %s, said %s.':
    'PayD hat aufgeschrieben, dass das Konto %1 die Nummer %2 im Ledger %3 benutzt hat, aber im Ledger %5: %4 (%6). Der neueste Blick, auf Ledger %7, sagte: %8.',
  'Its number is used, and nobody is seen who used it: it was bumped, or the provider does not keep that part of the history.':
    'Ihre Nummer ist benutzt, und niemand ist zu sehen, der sie benutzt hat: Sie wurde übersprungen, oder der Anbieter hat diesen Teil der Geschichte nicht.',
  'Its number was used by a transaction that none of the known signers of the account has signed. If somebody else may sign for the account, an admin names that signer with set_treasury_custody; it ends by itself then.':
    'Ihre Nummer hat eine Transaktion benutzt, die keiner der bekannten Unterzeichner des Kontos unterschrieben hat. Darf noch jemand unterschreiben, nennt ein Admin diesen mit set_treasury_custody; dann endet es von selbst.',
  'Its number was used by a transaction that carries no signature of a key: it was signed beforehand, or a hash was opened. Nobody can check who did that.':
    'Ihre Nummer hat eine Transaktion ohne Unterschrift eines Schlüssels benutzt: Sie war vorab unterschrieben, oder ein Hash wurde geöffnet. Niemand kann prüfen, wer das war.',
  'Its number was used by a transaction whose known signers weigh too little together, or that carries a signature of no key. If others signed as well, an admin names them with set_treasury_custody; it ends by itself then.':
    'Ihre Nummer hat eine Transaktion benutzt, deren bekannte Unterzeichner zusammen zu wenig wiegen, oder mit einer Unterschrift ohne Schlüssel. Haben auch andere unterschrieben, nennt ein Admin sie mit set_treasury_custody; dann endet es von selbst.',
  'The account does not exist any more.': 'Das Konto gibt es nicht mehr.',
  'The network shows an older ledger than one that was proven: it began anew.':
    'Das Netz zeigt ein älteres Ledger als eines, das bewiesen war: Es hat neu begonnen.',
  'The two providers of the project contradict each other about it.':
    'Die beiden Anbieter des Projekts widersprechen einander darüber.',
  'The second provider of the project has said nothing about it for long.':
    'Der zweite Anbieter des Projekts hat lange nichts darüber gesagt.',
  'The second provider of the project has not come as far as the first.':
    'Der zweite Anbieter des Projekts ist nicht so weit wie der erste.',
  'The second provider of the project serves another network.':
    'Der zweite Anbieter des Projekts gehört zu einem anderen Netz.',
  'What is stored of it is not what was planned: somebody changed it.':
    'Was von ihr gespeichert ist, ist nicht, was geplant war: Jemand hat es geändert.',
  'The check %s could not answer: %s': 'Die Prüfung %1 konnte nicht antworten: %2',
  'What the other checks say is complete. Ask the operator to look into the log of the database.':
    'Was die anderen Prüfungen sagen, ist vollständig. Bitten Sie den Betreiber, in das Protokoll der Datenbank zu sehen.',
}
