const CARDS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The shape of the offers while they are fetched; the count line above says so to screen readers. */
export function Skeletons() {
  return (
    <ul className="offers" aria-hidden="true">
      {CARDS.map((card) => (
        <li key={card}>
          <div className="voucher skeleton">
            <div className="stub" />
            <div className="voucher-body">
              <i />
              <i />
              <i />
              <i />
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
