import { expect, onTestFinished, test, vi } from 'vitest';
import { addressesIn, addressKey, BusiestAddress, plainAddress, urlHost } from '../../src/http/addresses.ts';

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

test('At most 10,000 addresses are counted in a minute, the first ones', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const busiest = new BusiestAddress();
  const times = (count: number, address: (i: number) => string) => {
    for (let i = 0; i < count; i++) busiest.count(address(i));
  };
  times(9_999, (i) => `10.0.${i >> 8}.${i % 256}`);
  times(30, () => '198.51.100.1');
  times(50, () => '203.0.113.1');
  expect(busiest.share()).toBe(undefined);
  vi.advanceTimersByTime(60_000);
  expect(busiest.share()).toBe(30 / (9_999 + 30 + 50));
  vi.advanceTimersByTime(60_000);
  expect(busiest.share()).toBe(undefined);
});

test('After a minute without requests, no share is reported', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const busiest = new BusiestAddress();
  for (let i = 0; i < 60; i++) busiest.count('203.0.113.1');
  vi.advanceTimersByTime(120_000);
  expect(busiest.share()).toBe(undefined);
});
