import { startReceiver } from './receiver.ts'

const secrets = (process.env.PAYD_WEBHOOK_SECRETS ?? '').split(/[\s,]+/).filter((secret) => secret !== '')
if (secrets.length === 0) {
  console.error(
    'Set PAYD_WEBHOOK_SECRETS to the secret of your subscription (whsec_…); to two of them during a rotation.',
  )
  process.exit(2)
}

const receiver = await startReceiver({
  secrets,
  port: Number(process.env.PORT ?? 4000),
  file: process.env.EVENTS_FILE ?? 'events.jsonl',
  onEvent: (event, sequence) => {
    // The event is stored already. What takes longer than a moment belongs into a queue of your own.
    switch (event.type) {
      case 'payment.completed':
        console.log(`${sequence} ${event.type}: employee ${event.data.employee_id} was paid ${event.data.amount}`)
        break
      case 'payroll.completed':
        console.log(`${sequence} ${event.type}: run ${event.data.payroll_run_id}, ${event.data.total_amount} in all`)
        break
      default:
        console.log(`${sequence} ${event.type}`)
    }
  },
})
console.log(`Webhooks are received at ${receiver.url}`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void receiver.close())
