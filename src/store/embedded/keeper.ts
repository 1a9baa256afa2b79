import { closeSync } from 'node:fs';
import { spawnPostgres } from './account.ts';
import { type Cluster, lockFile, usersFile } from './cluster.ts';
import { openFolder } from './folder.ts';
import { HAS_LOCKS, openPlainFile } from './lock.ts';

/**
 * Waits until no program uses the server, then stops what still runs of it: descriptor 3 is the file every
 * program holds a shared lock on, 4 the one every process of a server holds, 5 the data directory, $1 its
 * name. Programs that come meanwhile wait for 3. After half a minute it stops the hard way, after a minute it
 * gives up: the server is in another container then.
 */
const SCRIPT = `
trap '' HUP INT TERM
flock 3 || exit
tries=0
until flock -n 4; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ]; then exit; elif [ $tries -gt 150 ]; then signal=QUIT; else signal=INT; fi
  if read -r pid </proc/self/fd/5/postmaster.pid; then
    case "$(cat "/proc/$pid/cmdline")" in *"$1"*) kill -$signal "$pid" ;; esac
  fi
  sleep 0.2
done`;

/**
 * Leaves a process behind that stops the server once the last program is gone, when that could not do it
 * itself: it was killed, or told to end at once. Started before the server, so that there is no moment
 * without it.
 */
export function keepServer({ home, data, account }: Cluster): void {
  if (!HAS_LOCKS) return;
  const files = [openPlainFile(usersFile(home)), openPlainFile(lockFile(home)), openFolder(data)];
  try {
    const args = ['-c', SCRIPT, 'cph-inventory', data];
    const keeper = spawnPostgres(account, { program: '/bin/sh', args, files, stderr: 'ignore' });
    // Without a shell there is none: the next program that comes stops the server then.
    keeper.on('error', () => undefined);
    keeper.unref();
  } finally {
    for (const file of files) closeSync(file);
  }
}
