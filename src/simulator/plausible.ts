import { type CloudImage, STATUS } from './image.ts';
import { hexId, integerBetween, pick, type Random } from './random.ts';

const PURPOSES = ['game-runtime', 'cloud-phone', 'live-stream', 'app-farm', 'qa-device', 'kiosk', 'social'];
const PUBLIC_PURPOSES = ['cph-base', 'cph-gaming', 'cph-office'];
const VERSIONS = ['7.1.1', '9.0', '10.0', '11.0', '13.0'];
const LABELS = ['cloud_phone', 'cloud_phone_1620', 'cloud_game', 'cloud_game_1620', 'qemu_phone'];
const GIGABYTE = 1_000_000_000;

/** The fields an image has whoever owns it and whatever happens to it. */
export type Traits = Pick<
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
export function plausibleTraits(random: Random, is_public: boolean): Traits {
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

/** The name after a rebuild: `…-v42` becomes `…-v43`; other names get a suffix. */
export function nextName(image_name: string): string {
  const match = /^(.*-v)(\d+)$/.exec(image_name);
  return match ? `${match[1]}${Number(match[2]) + 1}` : `${image_name}-v2`;
}

/** How an image found in a running cloud came out: most builds succeed, failed ones linger until someone tidies up. */
export function plausibleStatus(random: Random): number {
  return random() < 0.04 ? STATUS.failed : STATUS.usable;
}

/** A mix as projects have it: mostly their own images, some public ones, a few shared by others. */
export function plausibleOrigin(random: Random): 'private' | 'public' | 'outside' {
  const draw = random();
  if (draw < 0.8) return 'private';
  return draw < 0.95 ? 'public' : 'outside';
}
