import { MEMBERS, type Member, TROUBLES } from './members.ts';
import { Page } from './Page.tsx';
import { useTitle } from './route.ts';

type SignInProps = { readonly onSignIn: (key: string) => void };

/** A stand-in for a sign-in: the page fetches the offers of the member who is chosen here. */
export function SignIn({ onSignIn }: SignInProps) {
  useTitle('Sign in');
  return (
    <Page>
      <div className="content sign-in">
        <h1 tabIndex={-1}>Whose card is it?</h1>
        <p>This shop runs on the gateway’s sandbox. Pick a member to see their offers.</p>
        <h2>Members</h2>
        <MemberList members={MEMBERS} onSignIn={onSignIn} />
        <h2>When things go wrong</h2>
        <MemberList members={TROUBLES} onSignIn={onSignIn} />
      </div>
    </Page>
  );
}

function MemberList({ members, onSignIn }: SignInProps & { readonly members: readonly Member[] }) {
  return (
    <ul className="members">
      {members.map(({ key, title, shows, firstName }) => (
        <li key={key}>
          <button type="button" className="member" onClick={() => onSignIn(key)}>
            <span className="avatar" data-quiet={firstName === undefined || undefined} aria-hidden="true">
              {initialsOf(title)}
            </span>
            <span>
              <strong>{title}</strong>
              {shows}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function initialsOf(name: string): string {
  const [first = '', ...others] = name.split(' ');
  return `${first.charAt(0)}${others.at(-1)?.charAt(0) ?? ''}`.toUpperCase();
}
