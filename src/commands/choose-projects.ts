import type { ProjectConfig } from '../config/project.ts';
import { CommandError, EXIT } from './command.ts';

/** The configured projects, or those asked for with `--project`, by id or by name. */
export function chooseProjects(
  projects: readonly ProjectConfig[],
  asked: string | undefined,
): readonly ProjectConfig[] {
  if (asked === undefined) return projects;
  const byId = projects.filter(({ projectId }) => projectId === asked);
  const chosen = byId.length > 0 ? byId : projects.filter(({ name }) => name === asked);
  if (chosen.length > 0) return chosen;
  const configured = projects.map(({ projectId, name }) => (name ? `${name} (${projectId})` : projectId));
  throw new CommandError(
    `--project ${JSON.stringify(asked)} is not configured; configured: ${configured.join(', ')}`,
    EXIT.usage,
  );
}

/** The name of a configured project; null where it has none. */
export function nameOf(projects: readonly ProjectConfig[], id: string): string | null {
  return projects.find(({ projectId }) => projectId === id)?.name ?? null;
}

/** What people call a configured project: its name, or its id where it has none. */
export function projectLabel(projects: readonly ProjectConfig[], id: string): string {
  return nameOf(projects, id) ?? id;
}
