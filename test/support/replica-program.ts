/**
 * A replica, as the program runs one, to be forked, killed and paused by others: `replica-program.ts <plan>`, the plan
 * being a {@link ReplicaPlan} as JSON. Says `ready` once it looks; stops on SIGTERM, and when its parent is gone.
 */
import { loadConfig } from '../../src/config/config.ts';
import { processSurroundings } from '../../src/config/environment.ts';
import { createLog } from '../../src/daemon/log.ts';
import { startParts } from '../../src/daemon/parts.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { ReplicaPlan } from './replica-fleet.ts';

const { env, projects }: ReplicaPlan = JSON.parse(process.argv[2] ?? '');
const { files } = processSurroundings();
const [projectId = ''] = projects;
const config = loadConfig({ env: { ...env, HW_PROJECT_ID: projectId }, files });
const url = config.databaseUrl?.reveal();
if (!url) throw new Error('the plan has no DATABASE_URL');

const database = openDatabase({ url, applicationName: 'cph-inventory', maxConnections: 12 });
const parts = await startParts(
  // Reading the settings of hundreds of projects one by one took longer than anything else about a start.
  {
    ...config,
    projects: projects.flatMap((id) => config.projects.map((one) => ({ ...one, projectId: id }))),
  },
  { db: database.db, url, log: createLog({ level: config.logLevel }), now: () => new Date() },
);
process.once('SIGTERM', async () => {
  await parts.stop(10_000);
  await database.close();
  process.exit(0);
});
process.once('disconnect', () => process.exit(1));
process.send?.('ready');
