import { z } from 'zod';
import { createLockout, type Lockout } from './access.ts';
import { type Answer, iamAnswer } from './answer.ts';
import type { Tokens } from './tokens.ts';
import type { World } from './world.ts';

export interface IamUser {
  readonly name: string;
  readonly password: string;
  readonly domain: string;
}

export interface Iam {
  readonly world: World;
  readonly user: IamUser;
  readonly tokens: Tokens;
  readonly lockout: Lockout;
}

type Login = z.infer<typeof LOGIN>;

const LOGIN = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.literal('password')).length(1),
      password: z.object({
        user: z.object({
          name: z.string(),
          password: z.string(),
          domain: z.object({ name: z.string() }),
        }),
      }),
    }),
    scope: z.object({ project: z.union([z.object({ id: z.string() }), z.object({ name: z.string() })]) }),
  }),
});

export function createIam(world: World, tokens: Tokens, user: IamUser): Iam {
  const lockout = createLockout({ failures: 5, forMs: 15 * 60_000 });
  return { world, tokens, user, lockout };
}

/** A project's name in IAM. The first project bears the region's name, further ones are named below it. */
function projectName(world: World, project_id: string): string {
  const place = world.projects.indexOf(project_id);
  return place === 0 ? 'ap-southeast-1' : `ap-southeast-1_${place + 1}`;
}

/**
 * `POST /v3/auth/tokens`: a password login with a project scope. Answers 201 with the token in
 * `X-Subject-Token`, or an error with IAM's body. Five wrong passwords lock the user for 15 minutes of the
 * world's clock. The right password is then refused, too.
 */
export function answerLogin(body: string, iam: Iam): Answer {
  const login = LOGIN.safeParse(parseJson(body));
  if (!login.success) return iamError(400, 'The request body is invalid.');
  const denial = checkPassword(login.data.auth.identity.password.user, iam);
  if (denial) return denial;
  const project_id = scopedProject(login.data, iam.world);
  if (project_id === undefined) return iamError(401, 'The scoped project does not exist.');
  return tokenAnswer(iam, project_id);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function checkPassword(
  given: Login['auth']['identity']['password']['user'],
  { world, user, lockout }: Iam,
): Answer | null {
  const now = world.now();
  const account = `${given.domain.name}/${given.name}`;
  if (lockout.isLocked(account, now)) return iamError(403, 'The user is locked. Try again in 15 minutes.');
  const right =
    given.domain.name === user.domain && given.name === user.name && given.password === user.password;
  if (right) {
    lockout.succeed(account);
    return null;
  }
  lockout.fail(account, now);
  return iamError(401, 'The username or password is wrong.');
}

function scopedProject({ auth }: Login, world: World): string | undefined {
  const { project } = auth.scope;
  return world.projects.find((project_id) =>
    'id' in project ? project_id === project.id : projectName(world, project_id) === project.name,
  );
}

function tokenAnswer({ world, user, tokens }: Iam, project_id: string): Answer {
  const now = world.now();
  const { token, expires_at } = tokens.issue(project_id, now);
  const domain = { name: user.domain };
  const answer = iamAnswer(201, {
    token: {
      expires_at: microseconds(expires_at),
      issued_at: microseconds(now),
      methods: ['password'],
      project: { id: project_id, name: projectName(world, project_id), domain },
      user: { name: user.name, domain },
      roles: [],
      catalog: [],
    },
  });
  return { ...answer, headers: { ...answer.headers, 'X-Subject-Token': token } };
}

function microseconds(instant: Date): string {
  return instant.toISOString().replace('Z', '000Z');
}

function iamError(status: 400 | 401 | 403, message: string): Answer {
  const title = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden' }[status];
  return iamAnswer(status, { error: { code: status, message, title } });
}
