/**
 * Loaded before a gateway: its wall clock differs from the machine's by the milliseconds in the file CLOCK_FILE, which is read
 * again at each SIGUSR2. Clocks that only go forward, and so timers, stay as they are.
 */
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_FILE ?? '';
const readOffset = () => Number(readFileSync(file, 'utf8'));
const machineNow = Date.now;
let offset = readOffset();
process.on('SIGUSR2', () => {
  offset = readOffset();
});

Date.now = () => machineNow() + offset;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
});
