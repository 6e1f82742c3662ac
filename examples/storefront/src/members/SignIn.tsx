import type { FormEvent } from 'react';
import type { IdentifierName } from '../generated/graphql.ts';
import { Masthead } from '../page/Masthead.tsx';
import { MEMBERS, type Member, TROUBLES, typedMember } from './member.ts';

const KINDS: Readonly<Record<IdentifierName, string>> = {
  MOBILE: 'Mobile number',
  EMAIL: 'E-mail address',
  EXTERNAL_ID: 'Card number',
  ID: 'Member id',
};

type SignInProps = { readonly onSignIn: (member: Member) => void };

/** Stands in for a sign-in: whoever is picked here is who the offers are fetched for. */
export function SignIn({ onSignIn }: SignInProps) {
  return (
    <div className="page">
      <Masthead />
      <main className="content sign-in">
        <div className="sign-in-intro">
          <h1 tabIndex={-1}>Whose card is it?</h1>
          <p>This shop runs on the gateway’s sandbox. Pick a member to see their offers.</p>
        </div>
        <section aria-labelledby="members-heading">
          <h2 id="members-heading">Members</h2>
          <MemberButtons members={MEMBERS} onSignIn={onSignIn} />
        </section>
        <section aria-labelledby="typed-heading">
          <h2 id="typed-heading">Somebody else</h2>
          <TypedSignIn onSignIn={onSignIn} />
        </section>
        <section aria-labelledby="troubles-heading">
          <h2 id="troubles-heading">When things go wrong</h2>
          <MemberButtons members={TROUBLES} onSignIn={onSignIn} />
        </section>
      </main>
    </div>
  );
}

function MemberButtons({ members, onSignIn }: SignInProps & { readonly members: readonly Member[] }) {
  return (
    <ul className="member-list">
      {members.map((member) => (
        <li key={member.slug}>
          <button type="button" className="member" onClick={() => onSignIn(member)}>
            <span className="avatar" aria-hidden="true">
              {initialsOf(member.title)}
            </span>
            <span>
              <strong>{member.title}</strong>
              <span className="member-shows">{member.shows}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function TypedSignIn({ onSignIn }: SignInProps) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSignIn(typedMember(form.get('kind') as IdentifierName, String(form.get('value'))));
  }
  return (
    <form className="typed" onSubmit={submit}>
      <label>
        <span>Sign in with</span>
        <select name="kind">
          {Object.entries(KINDS).map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Number or address</span>
        <input name="value" required autoComplete="off" placeholder="917406400033" />
      </label>
      <button type="submit" className="button">
        Show offers
      </button>
    </form>
  );
}

function initialsOf(name: string): string {
  const words = name.split(' ');
  return `${words[0]?.charAt(0) ?? ''}${words.length > 1 ? (words.at(-1)?.charAt(0) ?? '') : ''}`.toUpperCase();
}
