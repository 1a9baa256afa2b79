/**
 * A program that reads its configuration beside other work, for tests to run, since a thread runs compiled code
 * only. It prints what it read, and how often it got to its other work meanwhile.
 */
import { loadConfig } from '../../src/config/config.ts';
import { processSurroundings } from '../../src/config/environment.ts';
import { ConfigError } from '../../src/config/fault.ts';
import { loadConfigAside } from '../../src/config/load-aside.ts';

const surroundings = processSurroundings();
let turns = 0;
const working = setInterval(() => {
  turns += 1;
}, 1);

try {
  const config = await loadConfigAside(surroundings, new AbortController().signal);
  const meanwhile = turns;
  const inline = loadConfig(surroundings);
  const tokens = config.projects.map(
    ({ credentials }) => credentials.kind === 'token' && credentials.token.reveal(),
  );
  print({
    turns: meanwhile,
    same: JSON.stringify(config) === JSON.stringify(inline),
    frozen: Object.isFrozen(config.projects[0]?.credentials),
    ignored: config.projects[0]?.ignoredFields.has('os_name'),
    tokens: [...new Set(tokens)],
  });
} catch (error) {
  print({ refused: error instanceof ConfigError, message: String(error) });
}
clearInterval(working);

function print(told: unknown): void {
  process.stdout.write(JSON.stringify(told));
}
