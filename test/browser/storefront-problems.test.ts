import { describe, expect, test } from 'vitest';
import { cards, filter, notice, requestFailing, storefrontPages } from './support/storefrontPage.ts';

const open = storefrontPages();

describe('A problem is explained, with a way to continue', () => {
  test.each([
    ['unknown', 'CUSTOMER_NOT_FOUND', 'Back to sign-in'],
    ['blank', 'BAD_USER_INPUT', 'Back to sign-in'],
    ['scope', 'DATA_SCOPE_REJECTED', 'Back to sign-in'],
    ['failing', 'UPSTREAM_UNAVAILABLE', 'Try again'],
    ['html', 'UPSTREAM_INVALID_RESPONSE', 'Try again'],
    ['refused', 'UPSTREAM_REJECTED', 'Try again'],
    ['slow', 'UPSTREAM_TIMEOUT', 'Try again'],
    ['limited', 'UPSTREAM_RATE_LIMITED', 'Try again'],
  ])('signed in as %s: %s', async (slug, code, remedy) => {
    const page = await open(`?as=${slug}`);
    await notice(page, code).waitFor();
    expect(await notice(page, code).getByRole('heading').textContent()).not.toBe('Something went wrong');
    expect(await notice(page, code).getByRole('button').textContent()).toContain(remedy);
    expect(await page.locator('.skeleton').count()).toBe(0);
  });

  test.each([
    ['UNAUTHENTICATED', 200, 'Back to sign-in'],
    ['FORBIDDEN', 200, 'Back to sign-in'],
    ['RATE_LIMITED', 429, 'Try again'],
    ['OVERLOADED', 503, 'Try again'],
    ['OPERATION_TOO_EXPENSIVE', 400, 'Load the page again'],
    ['PERSISTED_OPERATION_REQUIRED', 400, 'Load the page again'],
    ['INTERNAL_SERVER_ERROR', 200, 'Try again'],
    ['A_CODE_OF_NEXT_YEAR', 200, 'Try again'],
  ])('%s with HTTP %i', async (code, status, remedy) => {
    const page = await open('?as=some', {
      onQuestion: (route) => route.fulfill({ status, json: requestFailing(code) }),
    });
    await notice(page, code).waitFor();
    expect(await notice(page, code).getByRole('button').textContent()).toContain(remedy);
  });

  test('waits for retryAfterSeconds, then tries again', async () => {
    let asked = 0;
    const page = await open('?as=some', {
      onQuestion: (route) =>
        ++asked === 1
          ? route.fulfill({ json: requestFailing('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: 2 }) })
          : route.continue(),
    });
    const retry = page.getByRole('button', { name: 'Try again' });
    await page.locator('.button', { hasText: 'in 2 s' }).waitFor();
    await retry.click({ force: true });
    expect(asked).toBe(1);
    await page.locator('.button[aria-disabled=false]').waitFor();
    await retry.click();
    await cards(page).first().waitFor();
    expect(asked).toBe(2);
  });

  test('no network, and back again', async () => {
    let offline = true;
    const page = await open('?as=some', { onQuestion: (route) => (offline ? route.abort() : route.continue()) });
    await notice(page, 'NETWORK').waitFor();
    offline = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await cards(page).first().waitFor();
    expect(await notice(page, 'NETWORK').count()).toBe(0);
  });

  test.each([
    [502, 'text/html', '<h1>Bad gateway</h1>'],
    [200, 'text/html', '<h1>Sign in to the guest network</h1>'],
    [503, 'application/json', '{"message":"no healthy upstream"}'],
  ])('a proxy responds instead of the gateway: HTTP %i, %s', async (status, contentType, body) => {
    const page = await open('?as=some', { onQuestion: (route) => route.fulfill({ status, contentType, body }) });
    await notice(page, 'NOT_THE_GATEWAY').waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('offline');
    expect(await notice(page, 'NOT_THE_GATEWAY').getByRole('button').textContent()).toBe('Try again');
  });
});

test('An unknown card is never greeted', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const page = await open('?as=unknown', { onQuestion: (route) => held.then(() => route.continue()) });
  await page.locator('.skeleton').first().waitFor();
  expect(await page.getByRole('main').textContent()).not.toMatch(/Good to see you|Everything on your card/);
  release();
  await notice(page, 'CUSTOMER_NOT_FOUND').waitFor();
  expect(await page.getByRole('main').textContent()).not.toMatch(/Good to see you|Everything on your card/);
  expect(await page.getByRole('radio').count()).toBe(0);
});

test('The greeting of a known member stays when another filter fails, and the member can choose other filters', async () => {
  let failing = false;
  const page = await open('?as=some', {
    onQuestion: (route) => (failing ? route.fulfill({ json: requestFailing('UPSTREAM_TIMEOUT') }) : route.continue()),
  });
  await cards(page).first().waitFor();
  failing = true;
  await filter(page, 'Ended').check();
  await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
  await page.getByRole('heading', { name: 'Good to see you, Maya' }).waitFor();
  await filter(page, 'All').check();
  await page.getByText('Showing 10 of 25 offers').waitFor();
  expect(await notice(page, 'UPSTREAM_TIMEOUT').count()).toBe(0);
});

test('Code and reference are in a closed section, each with its label', async () => {
  const page = await open('?as=some', { onQuestion: (route) => route.fulfill({ json: requestFailing('OVERLOADED') }) });
  await notice(page, 'OVERLOADED').waitFor();
  expect(await page.getByText('OVERLOADED').isVisible()).toBe(false);
  expect(await page.getByText('request-1').isVisible()).toBe(false);
  await page.getByText('Details for our staff').click();
  expect(await page.getByRole('term').allTextContents()).toEqual(['Code', 'Reference']);
  expect(await page.getByRole('definition').allTextContents()).toEqual(['OVERLOADED', 'request-1']);
  expect(await page.getByText('request-1').isVisible()).toBe(true);
});
