import { RealtimeClient } from '@supabase/realtime-js'
import type { ConsoleConfig } from './config.ts'
import type { ProjectClient } from './supabase.ts'

/** The client with live channels. Channels get every renewed token of the session. */
export async function openRealtime({ url, publishableKey }: ConsoleConfig, client: ProjectClient) {
  const realtime = new RealtimeClient(`${url.replace(/^http/, 'ws')}/realtime/v1`, {
    params: { apikey: publishableKey },
    accessToken: async () => (await client.auth.getSession()).data.session?.access_token ?? null,
  })
  await realtime.setAuth()
  const { data } = client.auth.onAuthStateChange((event) => {
    if (event === 'TOKEN_REFRESHED') void realtime.setAuth()
  })
  const live = {
    auth: client.auth,
    from: client.from,
    rpc: client.rpc,
    channel: (topic: string, options?: never) => realtime.channel(topic, options),
    removeChannel: (channel: never) => realtime.removeChannel(channel),
  }
  const close = () => {
    data.subscription.unsubscribe()
    realtime.disconnect()
  }
  return { live, close }
}
