import { type Program, startProgram } from './process.ts';

export type Storefront = {
  /** The page's address, with a slash at the end. */
  readonly url: string;
  /** The address of its gateway, `http://host:port/graphql`. */
  readonly gatewayUrl: string;
  readonly program: Program;
};

/** What it prints once its gateway is ready. */
export const GATEWAY_AT = /Gateway with its sandbox: (\S+)\n/;

/** Runs `npm run storefront`, and resolves once it has printed its addresses. */
export function startStorefront(...args: readonly string[]): Promise<Storefront> {
  return whenOpen(startProgram('examples/storefront/start.ts', {}, args));
}

/** Resolves once the started storefront has printed its addresses. */
export async function whenOpen(program: Program): Promise<Storefront> {
  const [, gatewayUrl = ''] = await program.printed(GATEWAY_AT);
  const [, url = ''] = await program.printed(/Storefront: (\S+)\nCtrl-C/);
  return { url, gatewayUrl, program };
}
