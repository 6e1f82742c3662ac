const PAIRS = Array.from({ length: 13 }, (_, pair) => pair);

/** A fern's frond, for decoration: pairs of leaflets that grow smaller towards the tip. */
export function Frond() {
  return (
    <svg className="frond" viewBox="0 0 420 260" aria-hidden="true">
      <path className="stem" d="M10 250C120 236 290 190 410 20" />
      {PAIRS.map((pair) => (
        <g key={pair} transform={`translate(${stemAt(pair)}) scale(${1.12 - pair * 0.072})`}>
          <path transform={`rotate(${-62 - pair * 2.2})`} d="M0 0C18-26 62-30 92-6 62 12 22 16 0 0Z" />
          <path transform={`rotate(${38 - pair * 2.6})`} d="M0 0C20-16 62-14 92 8 60 26 18 22 0 0Z" />
        </g>
      ))}
    </svg>
  );
}

/** Points of the stem's curve, at 13 even steps of its parameter. */
function stemAt(pair: number): string {
  const t = 0.12 + pair * 0.0695;
  const u = 1 - t;
  const along = (a: number, b: number, c: number, d: number) =>
    a * u ** 3 + 3 * b * u * u * t + 3 * c * u * t * t + d * t ** 3;
  return `${along(10, 120, 290, 410).toFixed(1)} ${along(250, 236, 190, 20).toFixed(1)}`;
}
