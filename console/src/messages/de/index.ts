import type { Messages } from '../en/index.ts'
import { common } from './common.ts'
import { entry } from './entry.ts'
import { home } from './home.ts'
import { importing } from './importing.ts'
import { money } from './money.ts'
import { notifications } from './notifications.ts'
import { payslip } from './payslip.ts'
import { people } from './people.ts'
import { preflight } from './preflight.ts'
import { run } from './run.ts'
import { runs } from './runs.ts'
import { schedules } from './schedules.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { trail } from './trail.ts'
import { webhooks } from './webhooks.ts'

/** Every text of the console in German. */
export const de: Messages = {
  common,
  entry,
  home,
  importing,
  money,
  notifications,
  payslip,
  people,
  preflight,
  run,
  runs,
  schedules,
  settings,
  shell,
  trail,
  webhooks,
}
