/** Every word of the page in Simplified Chinese. */
import type { AttentionItem } from '../../answers/attention.ts';
import type { BuildGroup } from '../../answers/builds.ts';
import type { Health } from '../../answers/health.ts';
import type { Trust } from '../../answers/trust.ts';
import { durationText, type Units } from '../islands/duration.ts';
import type { Words } from './en.ts';

const count = (n: number) => n.toLocaleString('en-US');
const some = (n: number, one: string, _many: string) => `${count(n)} ${one}`;

/** How many projects a sentence names; more are counted. */
const NAMED = 3;

const HEALTH: Readonly<Record<Exclude<Health, 'fresh'>, string>> = {
  failing: '无法读取',
  stale: '数据已过期',
  unknown: '从未完整读取',
  held: '有删除等待批准',
  partial: '上次只读取了一部分',
};

function verdict(trust: Trust, named: (health: Health) => readonly string[]): string {
  const many = Object.values(trust.projects).reduce((sum, n) => sum + n, 0);
  if (many === 0) return '没有配置任何项目，因此一无所知。';
  const { fresh } = trust.projects;
  const first = fresh === many ? `全部 ${many} 个项目都是最新的` : `${many} 个项目中有 ${fresh} 个完全可信`;
  const rest = (Object.keys(HEALTH) as (keyof typeof HEALTH)[]).flatMap((health) => {
    const names = named(health);
    if (names.length === 0) return [];
    return `${names.length > NAMED ? `${names.length} 个项目` : names.join('、')}${HEALTH[health]}`;
  });
  return `${[first, ...rest].join('；')}。`;
}

function trouble(item: AttentionItem): { what: string; why: string | null } {
  if (item.alert === 'CphDeliveryFailing') {
    const what =
      item.attempts > 0
        ? `接收端 ${item.sink} 连续失败 ${item.attempts} 次`
        : `接收端 ${item.sink} 拒绝了 ${item.dead_letters} 个事件`;
    return { what, why: item.last_error };
  }
  const project = item.project_name ?? item.project_id;
  const missing = 'image_id' in item && item.missing_since ? '已没有任何列表包含它。' : null;
  switch (item.alert) {
    case 'CphImageFailed':
      return { what: `${project} 的镜像 ${item.image_name ?? item.image_id} 创建失败`, why: missing };
    case 'CphImageStuckCreating':
      return { what: `${project} 的镜像 ${item.image_name ?? item.image_id} 创建时间过长`, why: missing };
    case 'CphInventoryStale':
      return { what: `${project} 的数据已过期`, why: `三个周期内没有一次完整巡检。${item.last_error ?? ''}` };
    case 'CphCredentialRejected':
      return { what: `${project} 的凭证被拒绝`, why: item.last_error };
    case 'CphSyncFailing':
      return {
        what: `${project} 无法读取`,
        why: `连续 ${item.failures} 次巡检失败。${item.last_error ?? ''}`,
      };
    case 'CphRemovalsHeld':
      return { what: `${project} 的 ${item.held} 个删除被暂停`, why: '一次消失的镜像太多。' };
    case 'CphRecordsUnreadable': {
      const what = `${project} 的上次巡检漏掉了 ${item.records} 条记录和 ${item.fields} 个字段`;
      return { what, why: item.example };
    }
  }
}

const FAILURES = {
  worse: '多于',
  same: '与之相当，对比',
  better: '少于',
  unknown: '数量太少，无法对比',
} as const;

function builds({ finished, failed, failed_percent, p50, before, trend }: BuildGroup, units: Units): string {
  const ended = finished + failed;
  if (ended === 0) return '没有构建结束。';
  const many = `${ended} 次构建中有 ${failed} 次失败（${failed_percent}%）`;
  if (trend.failures === 'unknown' && trend.duration === 'unknown') {
    const half = p50 === null ? '' : `，其余的耗时中位数为 ${durationText(p50 * 1000, units)}`;
    return `${many}${half}。现在或之前四周的构建太少，无法比较。`;
  }
  const share = before.failed_percent === null ? '' : `（${before.failed_percent}%）`;
  const first = `${many}，${FAILURES[trend.failures]}之前四周${share}。`;
  const median = p50 === null ? '' : `其余的耗时中位数为 ${durationText(p50 * 1000, units)}`;
  const earlier = before.p50 === null ? '' : `，之前四周为 ${durationText(before.p50 * 1000, units)}`;
  return median ? `${first}${median}${earlier}。` : first;
}

export const zh: Words = {
  languageName: '中文',
  units: [' 天', ' 小时', ' 分', ' 秒'],
  ago: '{}前',
  stop: '。',
  comma: '，',
  count,
  some,
  copied: '已复制',
  copy: '复制',
  none: '–',
  unknown: '未知',
  asOf: '截至',
  neverRead: '所属项目从未完整读取',
  notAllRead: '并非每个项目都完整读取过',
  skip: '跳到内容',
  pages: '页面',
  moreRows: '更多行',
  firstPage: '回到第一页',
  nextPage: '下一页',
  nav: { now: '现在', changes: '变更', images: '镜像', builds: '构建', projects: '项目', sinks: '接收端' },
  search: { label: '按名称或 ID 搜索镜像', hint: '按名称或 ID 搜索镜像' },
  live: {
    off: '页面加载时的状态',
    live: '● 实时',
    polling: '○ 每 15 秒查询一次',
    paused: '○ 已暂停',
    cut: '⚠ 连接中断：这里的内容都是旧的',
  },
  foot: {
    local: '本地时间，悬停显示 UTC',
    utc: '时间均为 UTC',
    theme: { label: '主题', light: '浅色', dark: '深色' },
    language: '语言',
    keys: '快捷键',
    api: 'JSON 格式',
  },
  keys: {
    title: '快捷键',
    search: '搜索',
    rows: '下一行和上一行',
    open: '打开这一行',
    pages: '到现在、变更、镜像、构建、项目、接收端',
    help: '本列表',
    close: '关闭',
  },
  fault: {
    notFound: '此地址没有内容',
    notFoundWhy: '可能输入有误，或者所指的对象从未出现过，或者记录已被清除。',
    notTaken: '无法回答此地址',
    notTakenWhy: (message) => `${message}。`,
    away: '无法读取数据库',
    awayWhy: '宁可什么都不显示，也不显示旧数据。请稍后再试；/readyz 会说明原因。',
    broken: '无法生成此页面',
    brokenWhy: '原因见守护进程的日志。',
    home: '查看现在的状态',
    back: '去掉它再看同一页',
  },
  status: {
    creating: '创建中',
    usable: '可用',
    failed: '失败',
    unknown: '未知',
    none: '不详',
    succeeded: '完整',
    partial: '部分',
    held: '暂停',
    abandoned: '中断',
    running: '进行中',
  },
  health: {
    failing: '无法读取',
    stale: '已过期',
    unknown: '从未完整读取',
    held: '暂停',
    partial: '部分读取',
    fresh: '最新',
  },
  fields: {
    image_id: '镜像 ID',
    project_id: '项目 ID',
    image_name: '名称',
    image_type: '类型',
    status: '状态',
    status_code: '状态码',
    image_version: '版本',
    image_size: '大小',
    domain_id: '账号 ID',
    src_project_id: '共享来源项目',
    create_time: '创建时间',
    update_time: '更新时间',
    os_type: '系统类型',
    os_name: '系统',
    is_public: '公共 (1) 或私有 (2)',
    image_label: '标签',
    is_support_encrypt: '支持加密',
    receive_status: '接受状态（0 待接受，1 已接受，2 已拒绝）',
    listed_in: '列出它的接口',
    extra: '其他字段',
  },
  trouble,
  now: {
    title: '现在',
    need: (n) => `${count(n)} 项需要处理`,
    verdict,
    clauseEnd: '；',
    oldest: '可信项目中最早的完整巡检：',
    asOf: '以下内容截至',
    beside: '正在发生',
    attention: '需要处理',
    attentionNote: '与告警来自同一份清单',
    nothing: '没有需要处理的事。',
    nothingKnown: '没有已知需要处理的事，但并非一切都已知。',
    lastComplete: '最近一次完整巡检：',
    more: (n) => `还有 ${count(n)} 项`,
    runbook: '处理手册',
    advice: {
      CphInventoryStale: '已知内容保持不变。查找原因：',
      CphCredentialRejected: '换上新的凭证，下次巡检时读取。试一试：',
      CphSyncFailing: '已知内容保持不变。查找原因：',
      CphDeliveryFailing: '不会丢失：日志中都有。下一步：',
      CphRemovalsHeld: '如果确实已删除：',
      CphImageFailed: '它的经历以及看到失败的请求：',
      CphImageStuckCreating: '如果一直不结束，请删除后重新构建。它的经历：',
      CphRecordsUnreadable: '漏掉了什么以及原因：',
    },
    building: '正在构建',
    notBuilding: '没有正在构建的镜像。',
    usual: (p50, p95) => `通常 ${p50}，95% 在 ${p95}内完成`,
    noUsual: '没有可比较的构建',
    justNow: '刚刚',
    allChanges: '全部变更',
    noChanges: '首次巡检之后没有变化。',
    said: {
      created: (status) => `新建，${status}`,
      restored: '再次出现',
      removed: (status) => `已删除，之前${status}`,
      became: (to, from, took) => (took === null ? `${to}，之前${from}` : `${from} ${took}后${to}`),
      renamed: (name) => `改名，原名 ${name}`,
      updated: (fields) => `变更：${fields}`,
      listed: (sources) => `现由 ${sources.join(' 和 ')} 列出`,
    },
  },
  projects: {
    title: '项目',
    stripNote: '最近 40 次巡检，最新的在右边',
    none: '没有配置任何项目。',
    project: '项目',
    complete: '完整读取',
    images: '镜像',
    looks: '巡检',
    failed: '失败',
    noLooks: '尚未巡检',
    shared: (n) => `连续 ${count(n)} 次没有新发现`,
  },
  images: {
    title: '全部镜像',
    one: '个镜像',
    many: '个镜像',
    list: '镜像',
    filter: '筛选',
    any: '任意',
    show: '显示',
    chosen: '已选的筛选条件',
    without: '去掉这个条件',
    withoutAll: '全部镜像',
    at: '当时所知，时间为',
    csv: 'CSV',
    json: 'JSON',
    sql: '用 SQL 查询同样的内容',
    nothing: '没有镜像。',
    nothingYet: '没有内容可显示。并非每个项目都完整读取过，因此不能说明有没有镜像。',
    nothingNarrowed: '没有符合条件的镜像。去掉一个条件可以看到更多。',
    missing: '缺失',
    removed: '已删除',
    columns: {
      image_name: '名称',
      status: '状态',
      image_type: '类型',
      image_version: '版本',
      project: '项目',
      image_size: '大小',
      create_time: '创建时间',
      changed_at: '变更时间',
    },
    filters: {
      q: '名称或 ID',
      project: '项目',
      type: '类型',
      status: '状态',
      version: '版本',
      label: '标签',
      name: '名称类似',
      source: '列出它的接口',
      older_than: '早于',
      missing: '缺失',
      removed: '已删除',
      at: '截至 (UTC)',
    },
  },
  image: {
    since: '自',
    removedAt: '− 已删除',
    facts: '它是什么',
    firstSeen: '首次看到',
    changed: '最近变更',
    missingSince: '缺失自',
    life: '它的经历',
    lifeNote: '最新的在前；虚线处没有人观察',
    noLife: '它的事件已过保存期并被删除。',
    older: (shown) => `最近 ${shown} 个事件，之前可能还有。`,
    between: '介于',
    and: '和',
    baseline: '在有人观察之前',
    run: '巡检',
    request: '请求',
    seen: (status) => `首次看到，${status}`,
    restored: (status) => `再次出现，${status}`,
    removed: (status) => `已删除，之前${status}`,
    became: (to, from, took) => (took === null ? `${to}，之前${from}` : `${from} ${took}后${to}`),
    thenTitle: '当时',
    when: '时间 (UTC)',
    show: '显示',
    notYet: '没有记录，或者记录已不保存。',
    wasGone: '当时已不存在。',
    wasSo: '当时所知为',
    saidBy: '来自巡检时间',
    explain: '依据',
    explainNote: '接口、首次看到它的巡检以及最近一次看到它的巡检',
    field: '字段',
    value: '值',
    source: '接口',
    firstSaid: '首次',
    lastSaid: '最近',
    notConfirmed: '不在上次巡检中',
    forgotten: '记录已不保存',
  },
  changes: {
    title: '发生了哪些变化',
    list: '有差异的镜像',
    net: '只看差异，不论中间发生了什么',
    between: '从',
    and: '到',
    spans: '时间范围',
    day: '24 小时',
    week: '7 天',
    friday: '自周五 18:00',
    since: '从 (UTC)',
    until: '到 (UTC)',
    nothing: '这两个时间之间没有差异。',
    nothingHere: '这一段没有差异，后面还有。',
    columns: { image: '镜像', change: '变化', project: '项目', at: '最近变更' },
    created: (status) => `新增，${status}`,
    removed: (status) => `已消失，之前${status}`,
  },
  builds: {
    title: '构建',
    sentence: builds,
    compared: '与之前四周相比',
    spans: { '7d': '7 天', '28d': '28 天', '90d': '90 天' },
    days: '每天结束的构建',
    daysNote: '按 UTC 日：可用，其上为失败',
    chart: '每天结束的构建；下面的表格有同样的数字。',
    dayText: ({ day, finished, failed }) => `${day}：可用 ${count(finished)}，失败 ${count(failed)}`,
    nothing: '这段时间内没有构建结束。',
    what: {
      title: '失败的镜像',
      aside: '最新的在前，包括之后已删除的',
      counted: (total, unseen) =>
        `${count(total)} 个失败${unseen > 0 ? `；其中 ${count(unseen)} 个没有被看到构建过程，未计入上面的数字` : ''}。`,
      more: (shown) => `这里是最新的 ${count(shown)} 个。`,
      all: '全部：',
      at: '失败时间',
      after: '创建耗时',
      since: '之后',
      still: '✗ 仍为失败',
    },
    asTable: '以表格显示',
    day: '日期',
    byProject: '按项目',
    byVersion: '按版本',
    mostFirst: '失败最多的在前',
    ended: '结束',
    failed: '失败',
    p50: '中位数',
    p95: '95% 不超过',
    before: '与之前四周相比',
    failures: '失败',
    duration: '耗时',
    judgement: { worse: '变差', same: '与之前相当', better: '好转', unknown: '数量太少，无法判断' },
  },
  project: {
    facts: '它是什么',
    region: '区域',
    interval: '两次巡检的最长间隔',
    held: '等待批准的删除',
    lastError: '最近的错误',
    gone: '已不在配置中',
    goneNote: '不再巡检；记录会保留，直到执行 cph-inventory forget',
  },
  runs: {
    title: '巡检记录',
    one: (id) => `巡检 ${id}`,
    none: '没有保存的巡检记录。',
    run: '巡检',
    kind: { sweep: '完整', watch: '快速' },
    began: '开始',
    took: '用时',
    requests: '请求数',
    listed: '看到的镜像',
    changes: '变更',
    rejected: '漏掉的记录',
    unreadable: '无法读取的字段',
    looks: '共用此记录的巡检',
    error: '错误',
    sameError: '同上',
    facts: '结果',
    listings: '列表',
    listingsNote: '只有完整的列表才能证明镜像已不存在',
    noListings: '在任何列表读完之前就结束了。',
    proof: {
      complete: '完整',
      incomplete: '前后不一致',
      denied: '被拒绝',
      failed: '失败',
      unsupported: '此接口不提供',
    },
    rejections: '漏掉了什么，为什么',
    firstOnes: '最前面的几个',
    requestIds: '请求 ID',
    written: '它写入了什么',
    event: {
      'cph.image.created': '新增',
      'cph.image.updated': '变更',
      'cph.image.status_changed': '变为',
      'cph.image.removed': '已删除',
      'cph.image.restored': '再次出现',
    },
  },
  sinks: {
    title: '接收端',
    none: '没有配置接收端；事件可用 SQL 读取，也可在 /api/events 读取。',
    well: '投递正常',
    untried: '还没有投递过',
    failing: (n) => `连续失败 ${count(n)} 次`,
    unconfigured: '已不在配置中',
    lag: '尚未投递的事件',
    delivered: '最近投递',
    next: '下次尝试',
    letters: (n) => `${count(n)} 个事件被最终拒绝`,
    event: '事件',
    reason: '应答',
    refusedAt: '拒绝时间',
    replay: '重新发送上面的事件以及之后的全部事件：',
  },
};
