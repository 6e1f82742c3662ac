import { readClientSdl, readTypeDefs } from './schema.ts';

// `npm run schema` prints the SDL that a supergraph is composed from, and with `-- --client` the one for clients.
const [option, ...others] = process.argv.slice(2);
if (others.length > 0 || (option !== undefined && option !== '--client')) {
  console.error(`"${[option, ...others].join(' ')}" is not an option. Use --client, or none.`);
  process.exit(1);
}
process.stdout.write(option === undefined ? readTypeDefs() : readClientSdl());
