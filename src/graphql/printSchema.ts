import { readTypeDefs } from './schema.ts';

// What composes into a supergraph: `npm run schema` prints it.
process.stdout.write(readTypeDefs());
