import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyAddress, parseNetwork } from '../../supabase/functions/webhook-dispatch/addresses.ts'
import {
  checkDestination,
  type Destination,
  type DestinationPolicy,
} from '../../supabase/functions/webhook-dispatch/destination.ts'

const PRODUCTION: DestinationPolicy = {
  allowHttp: false,
  allowedNetworks: [],
  ownUrl: 'https://abcdefghijklmnopqrst.supabase.co',
}
const DEVELOPMENT: DestinationPolicy = {
  allowHttp: true,
  allowedNetworks: [parseNetwork('127.0.0.0/8')],
  ownUrl: 'http://127.0.0.1:54321',
}

describe('a webhook destination', () => {
  test('is allowed when the name has only public addresses, and carries all of them', async () => {
    const destination = await check('https://hooks.example.org/payd?x=1', {
      answers: ['93.184.216.34', '2606:4700::1'],
    })
    expect(destination).toMatchObject({ isAllowed: true, addresses: ['93.184.216.34', '2606:4700::1'] })
  })

  test.each([
    ['https://127.0.0.1/'],
    ['https://127.1/'],
    ['https://0x7f.1/'],
    ['https://0x7f000001/'],
    ['https://2130706433/'],
    ['https://0177.0.0.1/'],
    ['https://017700000001/'],
    ['https://127.0.0.1./'],
    ['https://１２７.０.０.１/'],
    ['https://①②⑦.⓪.⓪.①/'],
    ['https://127。0。0。1/'],
    ['https://%31%32%37.0.0.1/'],
    ['https://[::1]/'],
    ['https://[::ffff:127.0.0.1]/'],
    ['https://[::ffff:7f00:1]/'],
    ['https://[0:0:0:0:0:0:0:1]/'],
    ['https://[::]/'],
    ['https://0/'],
    ['https://0.0.0.0/'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://0xa9fea9fe/'],
    ['https://2852039166/'],
    ['https://[::ffff:a9fe:a9fe]/'],
    ['https://[64:ff9b::7f00:1]/'],
    ['https://[2002:7f00:1::]/'],
    ['https://[2001:0:7f00:1::]/'],
    ['https://[fe80::1]/'],
    ['https://[fd00::1]/'],
    ['https://10.0.0.1/'],
    ['https://172.16.0.1/'],
    ['https://192.168.1.1/'],
    ['https://100.64.0.1/'],
    ['https://255.255.255.255/'],
    ['https://224.0.0.1/'],
    ['https://localhost/'],
    ['https://LOCALHOST/'],
    ['https://ｌｏｃａｌｈｏｓｔ/'],
  ])('%s is not public, however it is spelled', async (url) => {
    expect(await check(url)).toMatchObject({ isAllowed: false, problem: 'address_not_public' })
  })

  test.each([
    ['https://localhost./'],
    ['https://foo.localhost/'],
    ['https://printer.local/'],
    ['https://metadata.google.internal/'],
    ['https://metadata.google.internal./'],
    ['https://db/'],
    ['https://kong/'],
    ['https://example.org./'],
    ['https://router.lan/'],
    ['https://intranet.corp/'],
    ['https://1.0.0.127.in-addr.arpa/'],
  ])('%s is a name of a local network', async (url) => {
    expect(await check(url)).toMatchObject({ isAllowed: false, problem: 'host_not_allowed' })
  })

  test.each([
    ['http://hooks.example.org/', 'scheme_not_allowed'],
    ['ftp://hooks.example.org/', 'scheme_not_allowed'],
    ['file:///etc/passwd', 'scheme_not_allowed'],
    ['data:text/plain,x', 'scheme_not_allowed'],
    ['javascript:alert(1)', 'scheme_not_allowed'],
    ['https://user@hooks.example.org/', 'credentials_in_url'],
    ['https://user:secret@hooks.example.org/', 'credentials_in_url'],
    ['https://hooks.example.org:22/', 'port_not_allowed'],
    ['https://hooks.example.org:80/', 'port_not_allowed'],
    ['https://hooks.example.org:5432/', 'port_not_allowed'],
    ['https://hooks.example.org:6379/', 'port_not_allowed'],
    ['https://hooks.example.org:11211/', 'port_not_allowed'],
    ['https://abcdefghijklmnopqrst.supabase.co/functions/v1/payroll-disburse', 'own_project'],
    ['https://abcdefghijklmnopqrst.functions.supabase.co/', 'own_project'],
    ['https://db.abcdefghijklmnopqrst.supabase.co/', 'own_project'],
    ['', 'url_malformed'],
    ['hooks.example.org', 'url_malformed'],
    ['https://', 'url_malformed'],
    ['https://999.1.1.1/', 'url_malformed'],
    ['https://[::1/', 'url_malformed'],
  ])('%s is refused as %s', async (url, problem) => {
    expect(await check(url)).toMatchObject({ isAllowed: false, problem })
  })

  test.each([
    ['https://hooks.example.org:8443/'],
    ['https://hooks.example.org:443/'],
    ['https://hooks.example.org:4000/'],
    ['https://zyxwvutsrqponmlkjihg.supabase.co/'],
  ])('%s is allowed', async (url) => {
    expect(await check(url)).toMatchObject({ isAllowed: true })
  })

  test('one inner address among public ones refuses the name', async () => {
    for (const inner of ['10.0.0.5', '::1', '169.254.169.254', '::ffff:192.168.0.1', 'nonsense']) {
      for (const answers of [
        ['93.184.216.34', inner],
        [inner, '93.184.216.34'],
      ]) {
        expect(await check('https://hooks.example.org/', { answers })).toMatchObject({ problem: 'address_not_public' })
      }
    }
  })

  test('a name without address, or that cannot be looked up, is refused', async () => {
    expect(await check('https://hooks.example.org/', { answers: [] })).toMatchObject({ problem: 'name_not_resolved' })
    const failing = () => Promise.reject(new Error('SERVFAIL at 10.0.0.2'))
    const destination = await checkDestination('https://hooks.example.org/', PRODUCTION, failing, neverAborted())
    expect(destination).toMatchObject({ problem: 'name_not_resolved' })
    expect(JSON.stringify(destination)).not.toContain('10.0.0.2')
  })

  test('a literal address is not looked up', async () => {
    const asked: string[] = []
    const resolve = (name: string) => {
      asked.push(name)
      return Promise.resolve(['93.184.216.34'])
    }
    await checkDestination('https://127.0.0.1/', PRODUCTION, resolve, neverAborted())
    await checkDestination('https://0x7f.1/', PRODUCTION, resolve, neverAborted())
    await checkDestination('https://localhost/', PRODUCTION, resolve, neverAborted())
    expect(asked).toEqual([])
  })

  test('in development an allowed network is reachable on any port and over http, and nothing else is', async () => {
    expect(await check('http://127.0.0.1:5432/hook', { policy: DEVELOPMENT })).toMatchObject({ isAllowed: true })
    expect(await check('http://10.0.0.1/', { policy: DEVELOPMENT })).toMatchObject({ problem: 'address_not_public' })
    expect(await check('http://127.0.0.1:54321/functions/v1/x', { policy: DEVELOPMENT })).toMatchObject({
      problem: 'own_project',
    })
    // The name localhost also stands for ::1, which this list does not hold.
    expect(await check('http://localhost:3000/', { policy: DEVELOPMENT })).toMatchObject({
      problem: 'address_not_public',
    })
    const both = { ...DEVELOPMENT, allowedNetworks: [...DEVELOPMENT.allowedNetworks, parseNetwork('::1/128')] }
    expect(await check('http://localhost:3000/', { policy: both })).toMatchObject({ isAllowed: true })
  })

  test('no literal IPv4 address outside the public internet gets through in any spelling', async () => {
    const spellings = (value: number) => [
      String(value),
      `0x${value.toString(16)}`,
      `0${value.toString(8)}`,
      `${value >>> 24}.${value & 0xffffff}`,
      `[::ffff:${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}]`,
    ]
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 0xffff_ffff }), async (value) => {
        const dotted = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
        const isPublic = classifyAddress(dotted) === 'public'
        for (const host of [dotted, ...spellings(value)]) {
          expect((await check(`https://${host}/`)).isAllowed).toBe(isPublic)
        }
      }),
    )
  })
})

function check(
  url: string,
  options: { readonly answers?: readonly string[]; readonly policy?: DestinationPolicy } = {},
): Destination | Promise<Destination> {
  const resolve = () => Promise.resolve(options.answers ?? ['93.184.216.34'])
  return checkDestination(url, options.policy ?? PRODUCTION, resolve, neverAborted())
}

function neverAborted(): { readonly signal: AbortSignal } {
  return new AbortController()
}
