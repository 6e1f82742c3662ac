import type { Decimal } from '../../model/promotion.ts';

/** Whether a limit means that there is none: upstream writes -1, with or without decimals. */
export function isUnlimited(limit: Decimal | null): boolean {
  return limit !== null && limit.charCodeAt(0) === 45 && /^-1(\.0+)?$/.test(limit);
}

/** `a - b`, exact, with as many decimals as the longer of the two has. */
export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  const difference = scaled(a, scale) - scaled(b, scale);
  if (scale === 0) return difference.toString();
  const digits = (difference < 0n ? -difference : difference).toString().padStart(scale + 1, '0');
  return `${difference < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function decimalsOf(decimal: Decimal): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

function scaled(decimal: Decimal, scale: number): bigint {
  const digits = decimal.replace('.', '').replace(/^\+/, '');
  return BigInt(digits + '0'.repeat(scale - decimalsOf(decimal)));
}
