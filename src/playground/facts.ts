import type { PlaygroundFacts } from '../http/playgroundPage.ts';

/** What the gateway that served the page says of itself. */
export const FACTS: PlaygroundFacts = JSON.parse(document.getElementById('facts')?.textContent ?? '');
