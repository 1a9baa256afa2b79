/** A database in which every ready question has a row to answer with. */
import type { Database } from '../../src/store/database.ts';
import { setProjectTimes } from '../../src/store/projects.ts';
import { imagesRecord } from './image-records.ts';
import { rowsOf } from './inventory-rows.ts';
import { scriptedProject } from './scripted-project.ts';

/** The image that pages ask about as an example. It was being created for an hour, and then failed. */
export const EXAMPLE_IMAGE = '7e01b81939b6537edad5934affebbb22';

/** What upstream could call an image to hurt whoever reads of it. */
export const HOSTILE_NAME = '=HYPERLINK("https://evil.example";"open")\u001b[31m, "x"\r\n';

const hoursAgo = (hours: number) => () => new Date(Date.now() - hours * 3_600_000);

/** A failed build, one that hangs, a missing image, a record that cannot be read, a run that failed, and a sink. */
export async function fillForQuestions(db: Database): Promise<void> {
  const { api, sweep } = await scriptedProject(db);
  await setProjectTimes(db, [{ project_id: 'p1', sync_interval_ms: 300_000, stuck_after_ms: 3_600_000 }]);
  const hanging = imagesRecord('hanging', { status_code: 0, image_name: HOSTILE_NAME });
  const before = imagesRecord('before');
  api.records = [hanging, before, imagesRecord(EXAMPLE_IMAGE, { status_code: 0 })];
  await sweep({ now: hoursAgo(4) });
  const failed = imagesRecord(EXAMPLE_IMAGE, { status_code: 2 });
  api.records = [hanging, before, failed];
  await sweep({ now: hoursAgo(3) });
  api.circumstances = {
    rejected: [{ source: 'images', reason: 'image_id: expected text' }],
    proofs: { share: 'denied' },
  };
  await sweep({ now: hoursAgo(2) });
  api.circumstances = {};
  api.records = [hanging, failed, imagesRecord('new')];
  await sweep();
  await rowsOf(db, `insert into cph.sinks (name, kind, cursor_seq) values ('builds', 'webhook', 0)`);
}
