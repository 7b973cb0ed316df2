import { createClient } from '@supabase/supabase-js'
import { systemClock, systemRandom } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Clock, Random } from '../../supabase/functions/_shared/worker/ports.ts'
import { CLIENT_OPTIONS, openRpc, type Rpc } from '../../supabase/functions/_shared/worker/rpc.ts'

/** The data API of a project as the functions call it. */
export function rpcAt(
  url: string,
  secretKey: string,
  ports: { readonly clock?: Clock; readonly random?: Random } = {},
): Rpc {
  const client = createClient(url, secretKey, CLIENT_OPTIONS)
  return openRpc({ client, clock: systemClock, random: systemRandom, ...ports })
}
