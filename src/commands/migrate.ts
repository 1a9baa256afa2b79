import { loadDatabaseConfig } from '../config/config.ts';
import { adviceOnReader } from '../store/reader-role.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { openStore } from './store.ts';

/** Brings the database up to date, or leaves it as it was. */
export async function migrate(context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const store = await openStore(config, { migrate: true, signal: context.stop });
  try {
    const { migrated } = store;
    context.out.write(
      migrated.length === 0
        ? 'The database is up to date.\n'
        : migrated.map((tag) => `Applied ${tag}\n`).join(''),
    );
    const advice = await adviceOnReader(store.db);
    if (advice) context.err.write(`Note: ${advice}\n`);
    return EXIT.done;
  } finally {
    await store.close();
  }
}
