import type { Sandbox } from '../../src/sandbox/sandboxServer.ts';

export const LOOKUP = '/v2.1/customers/lookup/promotionData';

/** The parameters of a lookup of the reference page's sample customer. */
export const SAMPLE = { identifierName: 'mobile', identifierValue: '917406400033', source: 'INSTORE' };

/** The parts of a lookup's body that tests read. */
type Body = {
  readonly pageDetails: Record<string, number>;
  readonly customerId: number;
  readonly promotions: readonly {
    readonly promotionName: string;
    readonly active: boolean;
    readonly customerUsage: { readonly currentPointsPerCustomer: string };
  }[];
  readonly errors: readonly { readonly code: number }[];
};

/** Looks a customer up in the sandbox itself, with these parameters of the query string. */
export async function lookUp(
  sandbox: Sandbox,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await fetch(`${sandbox.url}${LOOKUP}?${new URLSearchParams(parameters)}`, { headers });
  return { status: response.status, body: await bodyOf(response) };
}

export async function bodyOf(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}
