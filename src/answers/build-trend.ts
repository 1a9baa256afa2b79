/** Whether building got worse: a judgement over figures. Pure. */

/** What came of builds; durations in seconds, null where none ended so. */
export interface BuildFigures {
  readonly finished: number;
  readonly failed: number;
  /** From 0 to 100; null where no build ended. */
  readonly failed_percent: number | null;
  /** The median and the 95th percentile of builds that became usable. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** `unknown` where too few builds ended to tell. */
export type Judgement = 'worse' | 'same' | 'better' | 'unknown';

export interface Trend {
  readonly failures: Judgement;
  readonly duration: Judgement;
  /** In a sentence. */
  readonly sentence: string;
}

/** Fewer builds than this, now or before, are chance. */
const ENOUGH = 10;
/** A share of failures is another one from three standard errors on, which chance brings once in 370 times. */
const ERRORS = 3;
/** A median is another one from a fifth more or less on. */
const LONGER = 1.2;

/** Compares builds with those before them. */
export function trendOf(now: BuildFigures, before: BuildFigures): Trend {
  const failures = judgeFailures(now, before);
  const duration = judgeDuration(now, before);
  return { failures, duration, sentence: inWords({ now, before, failures, duration }) };
}

const ended = ({ finished, failed }: BuildFigures) => finished + failed;

function judgeFailures(now: BuildFigures, before: BuildFigures): Judgement {
  const [many, manyBefore] = [ended(now), ended(before)];
  if (many < ENOUGH || manyBefore < ENOUGH) return 'unknown';
  const difference = now.failed / many - before.failed / manyBefore;
  const share = (now.failed + before.failed) / (many + manyBefore);
  const error = Math.sqrt(share * (1 - share) * (1 / many + 1 / manyBefore));
  if (Math.abs(difference) <= ERRORS * error) return 'same';
  return difference > 0 ? 'worse' : 'better';
}

function judgeDuration(now: BuildFigures, before: BuildFigures): Judgement {
  if (now.finished < ENOUGH || before.finished < ENOUGH) return 'unknown';
  if (now.p50 === null || before.p50 === null) return 'unknown';
  if (now.p50 > before.p50 * LONGER) return 'worse';
  return now.p50 * LONGER < before.p50 ? 'better' : 'same';
}

interface Compared extends Pick<Trend, 'failures' | 'duration'> {
  readonly now: BuildFigures;
  readonly before: BuildFigures;
}

const FAILING: Readonly<Record<Judgement, string>> = {
  worse: 'more than',
  same: 'about as many as',
  better: 'fewer than',
  unknown: 'too few builds to compare with',
};
const LASTING: Readonly<Record<Judgement, string>> = {
  worse: 'longer than',
  same: 'about as long as',
  better: 'shorter than',
  unknown: 'too few builds to compare with',
};

function inWords({ now, before, failures, duration }: Compared): string {
  if (ended(now) === 0) return 'No build ended.';
  const many = `${now.failed} of ${ended(now)} builds failed (${now.failed_percent} %)`;
  if (failures === 'unknown' && duration === 'unknown') {
    const half = now.p50 === null ? '' : `; half of the others took ${minutes(now.p50)} or less`;
    return `${many}${half}. Now or in the four weeks before, there were too few builds to compare.`;
  }
  const failed = `${many}, ${FAILING[failures]}`;
  const share = before.failed_percent === null ? '' : ` (${before.failed_percent} %)`;
  const first = `${failed} the four weeks before${share}.`;
  if (now.p50 === null) return first;
  const median = before.p50 === null ? '' : ` (${minutes(before.p50)})`;
  return `${first} Half of the others took ${minutes(now.p50)} or less, ${LASTING[duration]} before${median}.`;
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
