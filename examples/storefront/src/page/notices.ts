/** What the shopper can do: try again, reload the page, or sign in with another identifier. */
export type Remedy = 'retry' | 'reload' | 'switch';

export type NoticeText = { readonly title: string; readonly text: string; readonly remedy: Remedy };

/** The text for each code that a shopper can get. */
const NOTICES: Readonly<Record<string, NoticeText>> = {
  CUSTOMER_NOT_FOUND: {
    title: 'We can’t find that card',
    text: 'No member is registered with these details. Check them, or sign in another way.',
    remedy: 'switch',
  },
  CUSTOMER_BLOCKED: {
    title: 'Your card is on hold',
    text: 'Please speak to our staff: they can tell you why.',
    remedy: 'switch',
  },
  ACCOUNT_REQUIRED: {
    title: 'Sign in another way',
    text: 'We can’t look you up with these details. Your mobile number or e-mail address will do.',
    remedy: 'switch',
  },
  BAD_USER_INPUT: {
    title: 'That doesn’t look right',
    text: 'The details you signed in with can’t be used. Check them for typing mistakes.',
    remedy: 'switch',
  },
  DATA_SCOPE_REJECTED: {
    title: 'This shop can’t see your offers',
    text: 'Your membership belongs to a shop that isn’t connected to ours.',
    remedy: 'switch',
  },
  UNAUTHENTICATED: {
    title: 'Please sign in again',
    text: 'You have been signed out. Your offers are waiting for you.',
    remedy: 'switch',
  },
  AUTHENTICATION_UNAVAILABLE: {
    title: 'We can’t check your sign-in just now',
    text: 'That’s on us. You are still signed in, and nothing on your card is lost.',
    remedy: 'retry',
  },
  FORBIDDEN: {
    title: 'These offers belong to someone else',
    text: 'You can only see the offers on your own card.',
    remedy: 'switch',
  },
  UPSTREAM_RATE_LIMITED: {
    title: 'It’s busy in here',
    text: 'Many members are looking at their offers at once. Give it a moment.',
    remedy: 'retry',
  },
  UPSTREAM_OVERLOADED: {
    title: 'It’s busy in here',
    text: 'The members’ system is very busy. Give it a moment.',
    remedy: 'retry',
  },
  RATE_LIMITED: {
    title: 'That was a little fast',
    text: 'You have tried many times in a row. Give it a moment.',
    remedy: 'retry',
  },
  OVERLOADED: {
    title: 'It’s busy in here',
    text: 'We are serving as many members as we can. Give it a moment.',
    remedy: 'retry',
  },
  UPSTREAM_UNAVAILABLE: {
    title: 'Offers aren’t available just now',
    text: 'We can’t reach the members’ system just now. Nothing on your card is lost.',
    remedy: 'retry',
  },
  UPSTREAM_TIMEOUT: {
    title: 'This is taking too long',
    text: 'The members’ system didn’t respond in time. It usually does on the next try.',
    remedy: 'retry',
  },
  UPSTREAM_INVALID_RESPONSE: {
    title: 'We couldn’t read your offers',
    text: 'The members’ system sent something unexpected. Nothing on your card is lost.',
    remedy: 'retry',
  },
  UPSTREAM_REJECTED: {
    title: 'We couldn’t fetch your offers',
    text: 'The members’ system refused the request. If it happens again, tell us the reference below.',
    remedy: 'retry',
  },
  OPERATION_TOO_EXPENSIVE: {
    title: 'That was too much at once',
    text: 'Start again from the first offers.',
    remedy: 'reload',
  },
  PERSISTED_OPERATION_REQUIRED: {
    title: 'This page is out of date',
    text: 'We have a newer version of it. Load it to go on.',
    remedy: 'reload',
  },
  NETWORK: {
    title: 'We can’t reach the shop',
    text: 'You may be offline. Check your connection and try again.',
    remedy: 'retry',
  },
  REQUEST_TIMEOUT: {
    title: 'Your connection is slow',
    text: 'Your request didn’t arrive in time. Check your connection and try again.',
    remedy: 'retry',
  },
  NOT_THE_GATEWAY: {
    title: 'The shop isn’t responding',
    text: 'That’s on us, and your connection is fine. Give it a moment.',
    remedy: 'retry',
  },
};

const UNEXPECTED: NoticeText = {
  title: 'Something went wrong',
  text: 'That’s on us. If it happens again, tell us the reference below.',
  remedy: 'retry',
};

/** The notice of a code. An unknown code is an unexpected failure. */
export function noticeOf(code: string): NoticeText {
  return NOTICES[code] ?? UNEXPECTED;
}
