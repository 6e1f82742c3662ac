import { type FormEvent, type HTMLAttributes, useState } from 'react';
import type { IdentifierName } from '../generated/graphql.ts';
import { Masthead } from '../page/Masthead.tsx';
import { useTitle } from '../page/route.ts';
import { type KnownMember, keepIdentifier, keptIdentifier, MEMBERS, TROUBLES, TYPED } from './member.ts';

type Kind = {
  readonly label: string;
  readonly example: string;
  readonly inputMode: HTMLAttributes<HTMLInputElement>['inputMode'];
};

const KINDS: Readonly<Record<IdentifierName, Kind>> = {
  MOBILE: { label: 'Mobile number', example: '917406400033', inputMode: 'tel' },
  EMAIL: { label: 'E-mail address', example: 'sample@example.com', inputMode: 'email' },
  EXTERNAL_ID: { label: 'Card number', example: '000003873354', inputMode: 'text' },
  ID: { label: 'Member id', example: '347297848', inputMode: 'numeric' },
};

type SignInProps = { readonly onSignIn: (key: string) => void };

/** A stand-in for a sign-in: the page fetches the offers of the member who is chosen here. */
export function SignIn({ onSignIn }: SignInProps) {
  useTitle('Sign in');
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
          <h2 id="typed-heading">Another member</h2>
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

function MemberButtons({ members, onSignIn }: SignInProps & { readonly members: readonly KnownMember[] }) {
  return (
    <ul className="member-list">
      {members.map(({ key, title, shows }) => (
        <li key={key}>
          <button type="button" className="member" onClick={() => onSignIn(key)}>
            <span className="avatar" aria-hidden="true">
              {initialsOf(title)}
            </span>
            <span>
              <strong>{title}</strong>
              <span className="member-shows">{shows}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Starts with the identifier last typed in this tab, since a shopper whose card was not found comes back here. */
function TypedSignIn({ onSignIn }: SignInProps) {
  const [{ name, value }, setIdentifier] = useState(() => keptIdentifier() ?? { name: 'MOBILE' as const, value: '' });
  const { label, example, inputMode } = KINDS[name];

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    keepIdentifier({ name, value });
    onSignIn(TYPED);
  }

  return (
    <form className="typed" onSubmit={submit}>
      <label>
        <span>Sign in with</span>
        <select value={name} onChange={(event) => setIdentifier({ name: event.target.value as IdentifierName, value })}>
          {Object.entries(KINDS).map(([kind, { label }]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{label}</span>
        <input
          value={value}
          onChange={(event) => setIdentifier({ name, value: event.target.value })}
          required
          autoComplete="off"
          inputMode={inputMode}
          placeholder={example}
        />
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
