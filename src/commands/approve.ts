import { loadDatabaseConfig } from '../config/config.ts';
import { approveRemovals } from '../store/approvals.ts';
import { findProject } from '../store/projects.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { openStore } from './store.ts';

/** Lets the removals a project's last sweep held go through at the next one. */
export async function approve(project_id: string, context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const store = await openStore(config, { migrate: false, signal: context.stop });
  try {
    if (!(await findProject(store.db, project_id))) {
      throw new CommandError(`No project ${JSON.stringify(project_id)} was ever swept into this database.`);
    }
    const approved = await approveRemovals(store.db, project_id);
    context.out.write(
      approved === 0
        ? `Nothing is held for project ${project_id}.\n`
        : `${approved} removals approved for project ${project_id}; the next complete sweep confirms and makes them.\n`,
    );
    return EXIT.done;
  } finally {
    await store.close();
  }
}
