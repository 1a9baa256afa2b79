/** Where the page shows a thing: paths below the address at which people reach it. */

type Labels = Readonly<Record<string, string>>;

/** The page of what an alert with these labels is about: an image, a project or the sinks. */
export function pathOfAlert({ project_id, image_id, sink }: Labels): string {
  if (sink !== undefined) return 'sinks';
  if (project_id === undefined) return '';
  return image_id === undefined ? projectPath(project_id) : imagePath({ project_id, image_id });
}

export const projectPath = (project_id: string) => `projects/${encodeURIComponent(project_id)}`;

export const imagePath = ({ project_id, image_id }: { project_id: string; image_id: string }) =>
  `images/${encodeURIComponent(project_id)}/${encodeURIComponent(image_id)}`;

/** The runbook of an alert, as the page shows it. */
export const runbookPath = (alert: string) => `runbooks/${encodeURIComponent(alert)}`;
