import type { ProjectConfig } from '../config/project.ts';
import { CommandError, EXIT } from './command.ts';

/** The configured projects, or the one asked for with `--project`. */
export function chooseProjects(
  projects: readonly ProjectConfig[],
  asked: string | undefined,
): readonly ProjectConfig[] {
  if (asked === undefined) return projects;
  const chosen = projects.filter(({ projectId }) => projectId === asked);
  if (chosen.length > 0) return chosen;
  const configured = projects.map(({ projectId }) => projectId).join(', ');
  throw new CommandError(
    `--project ${JSON.stringify(asked)} is not configured; configured: ${configured}`,
    EXIT.usage,
  );
}
