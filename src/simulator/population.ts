import { type CloudImage, type ImageType, STATUS, wholeSeconds } from './image.ts';
import { integerBetween, pick, type Random } from './random.ts';

const PURPOSES = ['game-runtime', 'cloud-phone', 'live-stream', 'app-farm', 'qa-device', 'kiosk', 'social'];
const PUBLIC_PURPOSES = ['cph-base', 'cph-gaming', 'cph-office'];
const VERSIONS = ['7.1.1', '9.0', '10.0', '11.0', '13.0'];
const LABELS = ['cloud_phone', 'cloud_phone_1620', 'cloud_game', 'cloud_game_1620', 'qemu_phone'];
const GIGABYTE = 1_000_000_000;

/** Images found at the start are up to this old. */
const OLDEST_MS = 90 * 24 * 3_600_000;

/**
 * Fields of an image to create. What is left out is made up. Public and shared images start usable, others
 * creating. A removed image may be given as it was, and comes back so.
 */
export type NewImage = Partial<Omit<CloudImage, 'is_public' | 'owner' | 'ordinal'>> & {
  readonly image_type?: ImageType;
  /** The project it is private to or shared with. The world's first when left out. */
  readonly project_id?: string;
  /** The project that shares the image with us. Some project outside this world when left out. */
  readonly src_project_id?: string;
};

/** Where images come from. */
export interface Population {
  readonly projects: readonly [string, ...string[]];
  /** The images of a cloud that has been running for a while. */
  initial(count: number, start: Date): CloudImage[];
  newcomer(fields: NewImage, now: Date): CloudImage;
}

export function createPopulation(random: Random, projects: readonly string[] = []): Population {
  const [first = hexId(random), ...others] = projects;
  const domainOf = domains(random);
  let ordinal = 0;

  function newcomer(fields: NewImage, now: Date): CloudImage {
    const { image_type = 'private', project_id = first, src_project_id, ...given } = fields;
    const owner = image_type === 'share' ? (src_project_id ?? hexId(random)) : project_id;
    const time = given.create_time ?? wholeSeconds(now);
    return {
      ...plausibleTraits(random, image_type === 'public'),
      status: image_type === 'private' ? STATUS.creating : STATUS.usable,
      domain_id: domainOf(image_type === 'public' ? 'public' : owner),
      create_time: time,
      update_time: time,
      is_public: image_type === 'public',
      owner,
      shared_with: image_type === 'share' ? [project_id] : [],
      receive_status: 1,
      listed_in: null,
      rows: {},
      ...given,
      ordinal: ordinal++,
    };
  }

  function old(start: Date): CloudImage {
    const born = new Date(start.getTime() - random() * OLDEST_MS);
    const origin = plausibleOrigin(random);
    const project_id = pick(random, [first, ...others]);
    if (origin !== 'private') {
      return newcomer({ image_type: origin === 'public' ? 'public' : 'share', project_id }, born);
    }
    return newcomer({ project_id, status: plausibleStatus(random) }, born);
  }

  return {
    projects: [first, ...others],
    initial: (count, start) => Array.from({ length: count }, () => old(start)),
    newcomer,
  };
}

/** One tenant per owner, made up when first asked for. */
function domains(random: Random): (owner: string) => string {
  const known = new Map<string, string>();
  return (owner) => {
    const domain_id = known.get(owner) ?? hexId(random);
    known.set(owner, domain_id);
    return domain_id;
  };
}

/** The fields an image has whoever owns it and whatever happens to it. */
type Traits = Pick<
  CloudImage,
  | 'image_id'
  | 'image_name'
  | 'image_version'
  | 'image_size'
  | 'os_type'
  | 'os_name'
  | 'image_label'
  | 'is_support_encrypt'
>;

/** An image as teams build them: `game-runtime-aosp11-v42`, 1 to 5 GB. */
function plausibleTraits(random: Random, is_public: boolean): Traits {
  const version = pick(random, VERSIONS);
  const purpose = pick(random, is_public ? PUBLIC_PURPOSES : PURPOSES);
  return {
    image_id: hexId(random),
    image_name: `${purpose}-aosp${version.split('.')[0]}-v${integerBetween(random, 1, 99)}`,
    image_version: `AOSP ${version}`,
    image_size: integerBetween(random, GIGABYTE, 5 * GIGABYTE),
    os_type: 'aosp',
    os_name: `AOSP${version}`,
    image_label: pick(random, LABELS),
    is_support_encrypt: random() < 0.5,
  };
}

/**
 * How an image found in a running cloud came out. Most builds succeed. Failed ones linger until someone
 * tidies up.
 */
function plausibleStatus(random: Random): number {
  return random() < 0.04 ? STATUS.failed : STATUS.usable;
}

/** A mix as projects have it: mostly their own images, some public ones, a few shared by others. */
function plausibleOrigin(random: Random): 'private' | 'public' | 'outside' {
  const draw = random();
  if (draw < 0.8) return 'private';
  return draw < 0.95 ? 'public' : 'outside';
}

/** 32 hexadecimal digits, the form of the API's ids. */
function hexId(random: Random): string {
  let digits = '';
  for (let word = 0; word < 4; word++) {
    digits += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return digits;
}
