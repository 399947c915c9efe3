// The names of the views, for whatever links to one; demo/shell/views.ts loads them.
import { strings } from './language'

const english = {
  train: 'Train',
  race: 'Race',
  xray: 'X-ray',
  blank: 'Blanks',
  gradients: 'Gradients',
  gates: 'Gates',
  how: 'How it works',
  verify: 'Verify this GPU',
  measure: 'Measure this GPU',
  exercises: 'Exercises',
}

export type ViewName = keyof typeof english

export const viewTitles = strings<Record<ViewName, string>>(english, {
  train: '训练',
  race: '竞赛',
  xray: '透视',
  blank: '填空',
  gradients: '梯度',
  gates: '门',
  how: '原理',
  verify: '检验这块 GPU',
  measure: '测量这块 GPU',
  exercises: '习题',
})
