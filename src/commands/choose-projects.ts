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

/** The least width of a column of projects. A name may be cut; an id is of use only whole. */
export function leastWidth(
  projects: readonly { readonly name: string | null; readonly id: string }[],
): number {
  return Math.max(12, ...projects.map(({ name, id }) => (name === null ? id.length : 0)));
}

/** What people call a configured project: its name, or its id where it has none. */
export function projectLabel(projects: readonly ProjectConfig[], id: string): string {
  return projects.find(({ projectId }) => projectId === id)?.name ?? id;
}
