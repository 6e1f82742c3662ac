import { expect, test } from 'vitest';
import { addressesIn, addressKey, plainAddress, urlHost } from '../../src/http/addresses.ts';

test.each([
  ['203.0.113.1', '203.0.113.1'],
  ['203.0.113.1:1001', '203.0.113.1'],
  ['[203.0.113.1]', '203.0.113.1'],
  ['::ffff:203.0.113.1', '203.0.113.1'],
  ['::FFFF:cb00:7101', '203.0.113.1'],
  ['0:0:0:0:0:ffff:203.0.113.1', '203.0.113.1'],
  ['[::ffff:203.0.113.1]:443', '203.0.113.1'],
  ['2001:DB8:0:0::0001', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['unknown', 'unknown'],
  ['999.0.113.1:80', '999.0.113.1:80'],
  ['203.0.113.1:port', '203.0.113.1:port'],
  ['', ''],
])('The plain form of the address "%s" is "%s"', (text, plain) => {
  expect(plainAddress(text)).toBe(plain);
});

test.each([
  ['203.0.113.1', '203.0.113.1'],
  ['203.0.113.1:1001', '203.0.113.1'],
  ['::ffff:203.0.113.1', '203.0.113.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('The address %s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});

test.each([
  ['10.1.2.3', true],
  ['10.1.2.3:1001', true],
  ['::ffff:10.1.2.3', true],
  ['[2001:db8::1]:443', true],
  ['11.1.2.3', false],
  ['::ffff:11.1.2.3', false],
  ['2001:db9::1', false],
  ['unknown', false],
])('The address %s is in 10.0.0.0/8 or 2001:db8::/32: %s', (address, inside) => {
  expect(addressesIn(['10.0.0.0/8', '2001:db8::/32'])(address)).toBe(inside);
});

test.each([
  ['::', '[::]'],
  ['127.0.0.1', '127.0.0.1'],
  ['gateway.internal', 'gateway.internal'],
])('The host %s is %s in a URL', (host, written) => {
  expect(urlHost(host)).toBe(written);
});
