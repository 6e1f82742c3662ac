import { parseArgs } from 'node:util';
import { readClientSdl, readTypeDefs } from './schema.ts';

// `npm run schema` prints the SDL that a supergraph is composed from, and with `-- --client` the one for clients.
const { client } = parseArgs({ options: { client: { type: 'boolean' } } }).values;
process.stdout.write(client ? readClientSdl() : readTypeDefs());
