import { loadDatabaseConfig } from '../config/config.ts';
import { adviceOnReader } from '../store/reader-role.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';

/** Brings the database up to date. When that fails, the database stays as it was. */
export async function migrate(context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db, migrated }: Store) => {
    context.out.write(
      migrated.length === 0
        ? 'The database is up to date.\n'
        : migrated.map((tag) => `Applied ${tag}\n`).join(''),
    );
    const advice = await adviceOnReader(db);
    if (advice) context.err.write(`Note: ${advice}\n`);
  };
  await withStore(config, { migrate: true, signal: context.stop, work });
  return EXIT.done;
}
