import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyAddress, networkHolds, parseNetwork } from '../../supabase/functions/webhook-dispatch/addresses.ts'

describe('addresses', () => {
  test.each([
    // One from each edge of every range that is not the open internet.
    '0.0.0.0',
    '0.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.0.1',
    '169.254.169.254',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.0.255',
    '192.0.2.1',
    '192.31.196.1',
    '192.52.193.1',
    '192.88.99.1',
    '192.168.0.1',
    '192.168.255.255',
    '192.175.48.1',
    '198.18.0.0',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:10::1',
    '2001:20::1',
    '2001:2::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '3fff::1',
    '3fff:fff:ffff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456:789a::1',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'feff::1',
    'ff02::1',
    '4000::1',
    '1::1',
  ])('%s is not public', (address) => {
    expect(classifyAddress(address)).not.toBe('public')
  })

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.0.3.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '203.0.112.255',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '2606:4700:4700::1111',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2003::1',
    '2a00:1450:4001::1',
    '3ffe::1',
    '2000::1',
  ])('%s is public', (address) => {
    expect(classifyAddress(address)).toBe('public')
  })

  test.each([
    '',
    ' ',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.1.1.1',
    '0x7f.0.0.1',
    '1.1.1.1 ',
    'localhost',
    'fe80::1%eth0',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '::1.2.3',
    '::256.1.1.1',
    '::1.2.3.4:5',
    '[::1]',
  ])('"%s" is no address, and therefore not public', (text) => {
    expect(classifyAddress(text)).toBe('unreadable')
  })

  test('an IPv4 address is judged the same in its mapped IPv6 spellings', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
        expect(classifyAddress(`::ffff:${address}`)).toBe(classifyAddress(address))
        expect(classifyAddress(`::FFFF:${hex}`)).toBe(classifyAddress(address))
      }),
    )
  })

  test('any IPv6 address is judged the same however it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const full = groups.map((group) => group.toString(16).padStart(4, '0')).join(':')
        const canonical = new URL(`http://[${full}]/`).hostname.slice(1, -1)
        expect(classifyAddress(canonical)).toBe(classifyAddress(full))
      }),
    )
  })

  test('a network holds its own addresses and no others', () => {
    expect(networkHolds(parseNetwork('127.0.0.0/8'), '127.9.9.9')).toBe(true)
    expect(networkHolds(parseNetwork('127.0.0.0/8'), '::ffff:127.0.0.1')).toBe(true)
    expect(networkHolds(parseNetwork('127.0.0.0/8'), '::1')).toBe(false)
    expect(networkHolds(parseNetwork('10.1.2.3/32'), '10.1.2.3')).toBe(true)
    expect(networkHolds(parseNetwork('10.1.2.3/32'), '10.1.2.4')).toBe(false)
    expect(networkHolds(parseNetwork('fd00::/8'), 'fd12::1')).toBe(true)
    expect(networkHolds(parseNetwork('0.0.0.0/0'), '8.8.8.8')).toBe(true)
    expect(networkHolds(parseNetwork('0.0.0.0/0'), '2000::1')).toBe(false)
  })

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'fd00::/129',
    '::ffff:10.0.0.0/104',
    '10.0.0.0/08',
    '*',
  ])('"%s" is no network and is refused, so that it cannot let everything through', (text) => {
    expect(() => parseNetwork(text)).toThrow(TypeError)
  })
})
