import { readTypeDefs } from './schema.ts';

// `npm run schema` prints the SDL that a supergraph is composed from.
process.stdout.write(readTypeDefs());
