/** Where the page shows a thing: paths below the address at which people reach it. */

interface Subject {
  readonly project_id?: string;
  readonly image_id?: string;
  readonly sink?: string;
}

/** The page of what an alert is about: a sink, an image or a project. */
export function pathOf({ project_id, image_id, sink }: Subject): string {
  if (sink !== undefined) return '/sinks';
  if (project_id === undefined) return '/';
  return image_id === undefined ? projectPath(project_id) : imagePath({ project_id, image_id });
}

export function projectPath(project_id: string): string {
  return `/projects/${encodeURIComponent(project_id)}`;
}

export function imagePath({ project_id, image_id }: { project_id: string; image_id: string }): string {
  return `/images/${encodeURIComponent(project_id)}/${encodeURIComponent(image_id)}`;
}

/** The runbook of an alert, as the page shows it. */
export function runbookPath(alert: string): string {
  return `/runbooks/${alert}`;
}
