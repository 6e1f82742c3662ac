import { useState } from 'react';
import type { Member } from '../members/member.ts';
import { Frond } from '../page/Frond.tsx';
import { Masthead } from '../page/Masthead.tsx';
import { Offers } from './Offers.tsx';
import { type Status, StatusFilter } from './StatusFilter.tsx';

type OffersPageProps = { readonly member: Member; readonly onSignOut: () => void };

/** A member's offers under the filter that they chose. */
export function OffersPage({ member, onSignOut }: OffersPageProps) {
  const [status, setStatus] = useState<Status>(undefined);
  return (
    <div className="page">
      <Masthead>
        <button type="button" className="switch" onClick={onSignOut}>
          Switch <span className="switch-noun">member</span>
        </button>
      </Masthead>
      <main>
        <div className="hero">
          <Frond />
          <h1 tabIndex={-1}>
            Good to see you
            {member.firstName !== undefined && (
              <>
                , <em>{member.firstName}</em>
              </>
            )}
          </h1>
          <p>Everything on your card, and what is left of it.</p>
        </div>
        <div className="content">
          <StatusFilter status={status} onChange={setStatus} />
          <Offers key={status ?? 'ALL'} member={member} status={status} onSwitch={onSignOut} />
        </div>
      </main>
      <footer>Fernhill is an example shop. Its offers come from the gateway’s sandbox.</footer>
    </div>
  );
}
