import type { Decimal } from '../../model/promotion.ts';

/** The number of digits that any JavaScript number holds exactly. */
const EXACT_DIGITS = 15;

/** Whether there is no limit: upstream then sends -1, with or without decimals. */
export function isUnlimited(limit: Decimal | null): boolean {
  return limit !== null && limit.charCodeAt(0) === 45 && /^-1(\.0*)?$/.test(limit);
}

/** `a - b`, exact, with as many decimals as the longer of the two has. */
export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  const [minuend, subtrahend] = [scaled(a, scale), scaled(b, scale)];
  const difference =
    minuend.length <= EXACT_DIGITS && subtrahend.length <= EXACT_DIGITS
      ? String(Number(minuend) - Number(subtrahend))
      : String(BigInt(minuend) - BigInt(subtrahend));
  if (scale === 0) return difference;
  const sign = difference.startsWith('-') ? '-' : '';
  const digits = difference.slice(sign.length).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function decimalsOf(decimal: Decimal): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

/** The decimal times ten to the power of `scale`, as digits after its sign. */
function scaled(decimal: Decimal, scale: number): string {
  const point = decimal.indexOf('.');
  const unsigned = decimal.startsWith('+') ? 1 : 0;
  const digits = point < 0 ? decimal.slice(unsigned) : decimal.slice(unsigned, point) + decimal.slice(point + 1);
  return digits + '0'.repeat(scale - decimalsOf(decimal));
}
