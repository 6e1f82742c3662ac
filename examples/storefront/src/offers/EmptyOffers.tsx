/** Nothing to show, which is no failure: either the card is new or the filter matches nothing. */
export function EmptyOffers({ filtered }: { readonly filtered: boolean }) {
  return (
    <section className="notice">
      <h2>{filtered ? 'Nothing in this group' : 'No offers yet'}</h2>
      <p>
        {filtered ? 'Try another group above.' : 'New offers arrive on your card by themselves. Look in again soon.'}
      </p>
    </section>
  );
}
