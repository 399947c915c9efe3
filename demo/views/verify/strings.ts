import { strings } from '../../page/language'

interface Words {
  title: string
  lead: string
  time: string
  start: string
  again: string
  stop: string
  progress: (done: number, of: number) => string
  right: (checks: number) => string
  wrong: (kernels: readonly string[]) => string
  unclear: (checks: number) => string
  copy: string
  copied: string
  save: string
  table: string
  kernel: string
  checks: string
  error: string
  unit: string
}

export const words = strings<Words>(
  {
    title: 'Verify this GPU',
    lead: 'Does this GPU compute what it should? Every kernel is run here and compared with the same mathematics in double precision.',
    time: 'It takes seconds on a graphics card, and some minutes where the CPU does the work.',
    start: 'Verify',
    again: 'Verify again',
    stop: 'Stop',
    progress: (done, of) => `${done} of ${of} checks`,
    right: (checks) => `All ${checks} checks passed.`,
    wrong: (kernels) => `Wrong results from ${kernels.join(', ')}. Please report it: copy the report into an issue.`,
    unclear: (checks) => `Checks that use them, and are unclear: ${checks}.`,
    copy: 'Copy report',
    copied: 'Copied',
    save: 'Download JSON',
    table: 'Results by kernel',
    kernel: 'kernel',
    checks: 'passed',
    error: 'largest error',
    unit: 'An error is in units of its bound: right up to 1.',
  },
  {
    title: '检验这块 GPU',
    lead: '这块 GPU 算得对吗？每个内核都在这里运行，并与双精度的同一数学比较。',
    time: '在显卡上只需几秒；由 CPU 计算时要几分钟。',
    start: '开始检验',
    again: '再检验一次',
    stop: '停止',
    progress: (done, of) => `已检验 ${done} / ${of} 项`,
    right: (checks) => `${checks} 项全部通过。`,
    wrong: (kernels) => `${kernels.join('、')} 算出的结果有错。请报告：把报告复制到 issue 里。`,
    unclear: (checks) => `另有 ${checks} 项用到它们，无法判断。`,
    copy: '复制报告',
    copied: '已复制',
    save: '下载 JSON',
    table: '各内核的结果',
    kernel: '内核',
    checks: '通过',
    error: '最大误差',
    unit: '误差以允许的界为单位：不超过 1 即正确。',
  },
)
