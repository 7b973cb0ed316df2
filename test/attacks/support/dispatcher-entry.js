// webhook-dispatch as it is, but names are asked of the name server of the test, and the clock may be wrong.
const [address, port] = (Deno.env.get('TEST_NAME_SERVER') ?? '').split(' ')
const offsetMs = Number(Deno.env.get('TEST_CLOCK_OFFSET_MS') ?? 0)

if (address) {
  const { resolveDns } = Deno
  Deno.resolveDns = (name, type, options) =>
    resolveDns(name, type, { ...options, nameServer: { ipAddr: address, port: Number(port) } })
}
if (offsetMs !== 0) {
  const { now } = Date
  Date.now = () => now.call(Date) + offsetMs
}

const { default: worker } = await import('../../../supabase/functions/webhook-dispatch/index.ts')
// biome-ignore lint/style/noDefaultExport: Deno serves the default export.
export default worker
