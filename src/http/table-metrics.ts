import { Gauge, type Registry } from 'prom-client';
import { labelText } from '../delivery/alerts-text.ts';
import { type Database, promptly } from '../store/database.ts';
import { type ImageMeasurement, type Measurements, readMeasurements } from '../store/measurements.ts';

/**
 * Gauges that are read from the tables at every scrape. They are absent when the tables cannot be read: a
 * remembered value would hide that nobody is looking, and a zero would end alerts that still hold.
 */
export function tableMetrics(registry: Registry): {
  refresh: (db: Database, configured: { readonly baselineAlerts: boolean }) => Promise<void>;
} {
  const gauges = createGauges(registry);
  return {
    refresh: async (db, { baselineAlerts }) => {
      const measured = await readMeasurements(promptly(db)).catch(() => null);
      for (const gauge of Object.values(gauges)) gauge.reset();
      gauges.up.set(measured ? 1 : 0);
      if (!measured) return;
      setProjects(gauges, measured.projects);
      setImages(gauges, measured, baselineAlerts);
      for (const { sink, lag, failures, dead_letters } of measured.sinks) {
        gauges.lag.set({ sink }, lag);
        gauges.sinkFailures.set({ sink }, failures);
        gauges.deadLetters.set({ sink }, dead_letters);
      }
    },
  };
}

type Gauges = ReturnType<typeof createGauges>;

type AddGauge = <const Labels extends string>(name: string, help: string, labels?: Labels[]) => Gauge<Labels>;

function createGauges(registry: Registry) {
  const gauge: AddGauge = (name, help, labelNames = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    up: gauge('cph_database_up', '1 when the tables could be read for this page.'),
    ...gaugesOfProjects(gauge),
    ...gaugesOfImages(gauge),
    lag: gauge('cph_sink_lag_events', 'Events a sink has not accepted yet.', ['sink']),
    sinkFailures: gauge('cph_sink_consecutive_failures', 'Failed deliveries in a row.', ['sink']),
    deadLetters: gauge('cph_dead_letters', 'Events a sink refused for good.', ['sink']),
  };
}

function gaugesOfProjects(gauge: AddGauge) {
  return {
    info: gauge('cph_project_info', 'Every project, with its region and name.', [
      'project_id',
      'region',
      'name',
    ]),
    registered: gauge('cph_project_registered_timestamp_seconds', 'When the project was first known.', [
      'project_id',
    ]),
    complete: gauge(
      'cph_last_complete_sync_timestamp_seconds',
      'When the project was last proven complete.',
      ['project_id'],
    ),
    interval: gauge('cph_sync_interval_seconds', 'The longest time between two scheduled sweeps.', [
      'project_id',
    ]),
    failures: gauge('cph_sync_consecutive_failures', 'Failed sweeps in a row.', ['project_id']),
    held: gauge('cph_held_removals', 'Missing images whose removal waits for approval.', ['project_id']),
    unreadableRecords: gauge(
      'cph_unreadable_records',
      'Records that the last sweep left out for want of a usable id.',
      ['project_id'],
    ),
    unreadableFields: gauge(
      'cph_unreadable_fields',
      'Fields of other records that the last sweep could not read.',
      ['project_id'],
    ),
    rejected: gauge('cph_credential_rejected', '1 while the credential of the project is rejected, else 0.', [
      'project_id',
    ]),
  };
}

function gaugesOfImages(gauge: AddGauge) {
  const image = ['project_id', 'image_id', 'image_name'] as const;
  return {
    images: gauge('cph_images', 'Images that exist.', ['project_id', 'image_type', 'status']),
    bytes: gauge('cph_image_bytes', 'Their sizes together, as far as the API says them.', [
      'project_id',
      'image_type',
    ]),
    failed: gauge('cph_image_failed', '1 for each image that failed to be created and still exists.', [
      ...image,
    ]),
    failedBaseline: gauge(
      'cph_image_failed_baseline',
      '1 for each of those that had failed before the project was first read to the end.',
      ['project_id', 'image_id'],
    ),
    stuck: gauge('cph_image_stuck', '1 for each image that has been creating for too long.', [...image]),
  };
}

function setProjects(gauges: Gauges, projects: Measurements['projects']): void {
  for (const project of projects) {
    const { project_id, region, name } = project;
    gauges.info.set({ project_id, region, name }, 1);
    gauges.registered.set({ project_id }, project.registered_at);
    gauges.failures.set({ project_id }, project.consecutive_failures);
    gauges.held.set({ project_id }, project.held_removals);
    gauges.unreadableRecords.set({ project_id }, project.rejected_records);
    gauges.unreadableFields.set({ project_id }, project.unreadable_fields);
    gauges.rejected.set({ project_id }, project.credential_rejected ? 1 : 0);
    if (project.last_complete_at !== null) gauges.complete.set({ project_id }, project.last_complete_at);
    if (project.sync_interval !== null) gauges.interval.set({ project_id }, project.sync_interval);
  }
}

function setImages(gauges: Gauges, measured: Measurements, baselineAlerts: boolean): void {
  for (const { project_id, image_type, status, images, bytes } of measured.images) {
    gauges.images.set({ project_id, image_type, status }, images);
    gauges.bytes.inc({ project_id, image_type }, bytes);
  }
  for (const image of measured.failed) {
    gauges.failed.set(imageLabels(image), 1);
    const { project_id, image_id } = image;
    if (image.baseline && !baselineAlerts) gauges.failedBaseline.set({ project_id, image_id }, 1);
  }
  for (const image of measured.stuck) gauges.stuck.set(imageLabels(image), 1);
}

function imageLabels({ project_id, image_id, image_name }: ImageMeasurement) {
  // As the Alertmanager sink spells it, so that both ways of alerting route alike.
  return { project_id, image_id, image_name: labelText(image_name) };
}
