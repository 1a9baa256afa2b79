import { loadDatabaseConfig } from '../config/config.ts';
import { approveRemovals } from '../store/approvals.ts';
import type { Database } from '../store/database.ts';
import { findProject } from '../store/projects.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';

/** Lets the removals a project's last sweep held go through at the next one. */
export async function approve(project_id: string, context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store) => {
    const approved = await approveKnown(db, project_id);
    context.out.write(
      approved === 0
        ? `Nothing is held for project ${project_id}.\n`
        : `${approved} removals approved for project ${project_id}; the next complete sweep confirms and makes them.\n`,
    );
  };
  await withStore(config, { migrate: false, signal: context.stop, work });
  return EXIT.done;
}

async function approveKnown(db: Database, project_id: string): Promise<number> {
  if (await findProject(db, project_id)) return await approveRemovals(db, project_id);
  throw new CommandError(`No project ${JSON.stringify(project_id)} was ever swept into this database.`);
}
