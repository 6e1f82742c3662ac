import { BlockList, isIP, SocketAddress } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { senderOf } from '../operation/request.ts';

/** `203.0.113.1:1001`, `[2001:db8::1]` and `[2001:db8::1]:443`: some load balancers forward an address in these forms. */
const WITH_PORT = /^(?:\[([\da-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/i;
/** How a server that listens on `::` sees a client with an IPv4 address. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/**
 * The one spelling of an address: without a port, in lower case, and in IPv4 if it is mapped to IPv6.
 * Anything that is not an address is returned as it is.
 */
export function plainAddress(text: string): string {
  if (isIP(text) === 4) return text;
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? dotted ?? text;
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : text;
  const plain = new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(plain)?.[1] ?? plain;
}

/** The key by which an address is counted: one client usually has a whole /64 of IPv6 addresses. */
export function addressKey(text: string): string {
  const address = plainAddress(text);
  if (isIP(address) !== 6) return address;
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [head = '', tail] = address.split('::');
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...new Array<string>(Math.max(0, missing)).fill('0'), ...groups(tail ?? '')];
  return `${all.slice(0, 4).join(':')}::/64`;
}

/** Whether an address is in one of these ranges, such as `10.0.0.0/8`. */
export function addressesIn(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(network, Number(bits), family);
  }
  return (text) => {
    const address = plainAddress(text);
    return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  };
}

/** An address or host name as it is written in a URL. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

const WINDOW_MS = 60_000;
/** A share of fewer requests says nothing. */
const MIN_REQUESTS = 60;
/** Addresses that are counted separately in a minute. All later ones are only counted together. */
const MAX_ADDRESSES = 10_000;

/** Which share of the requests to /graphql one client address sends, by whole minutes. It shows no address. */
export class BusiestAddress {
  #counts = new Map<string, number>();
  #total = 0;
  #busiest = 0;
  #until = performance.now() + WINDOW_MS;
  #share: number | undefined;

  count(address: string): void {
    this.#roll();
    const key = addressKey(address);
    this.#total++;
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > 1 || this.#counts.size < MAX_ADDRESSES) this.#counts.set(key, count);
    this.#busiest = Math.max(this.#busiest, count);
  }

  /** The share in the last whole minute, 0 to 1; undefined if it had fewer than 60 requests. */
  share(): number | undefined {
    this.#roll();
    return this.#share;
  }

  #roll(): void {
    const now = performance.now();
    if (now < this.#until) return;
    const isLast = now < this.#until + WINDOW_MS;
    this.#share = isLast && this.#total >= MIN_REQUESTS ? this.#busiest / this.#total : undefined;
    this.#counts = new Map();
    this.#total = 0;
    this.#busiest = 0;
    this.#until = now + WINDOW_MS;
  }
}

/** What tells callers apart for their limits: their name, or their address if nobody has checked who they are. */
export function callerKey(request: FastifyRequest): string {
  const { name, isUnchecked } = senderOf(request).caller;
  return isUnchecked ? `address ${addressKey(request.ip)}` : `name ${name}`;
}
