import type { PlaygroundFacts } from '../http/playgroundPage.ts';

/** The facts about the gateway that served the page. */
export const FACTS: PlaygroundFacts = JSON.parse(document.getElementById('facts')?.textContent ?? '');
