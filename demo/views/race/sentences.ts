// The facts of a race as sentences.
import { count, figure } from '../../parts/format'
import { strings } from '../../page/language'
import { symbols } from '../../shared/race/memory'
import type { Racer } from '../../shared/race/record'
import { nameOf } from './names'
import type { Fact } from './verdict'

type Sentences = { readonly [Kind in Fact['kind']]: (fact: Extract<Fact, { kind: Kind }>) => string }

const percent = (part: number) => `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`
const name = ({ lane }: Racer) => nameOf(lane)
const units = ({ size: { hidden } }: Racer) => count(hidden)
const isGated = ({ lane: { cell } }: Racer) => !cell.startsWith('rnn')
/** So little in a quarter of the steps is standing still. */
const still = 0.005

const words = strings<Sentences>(
  {
    ahead: ({ best, figure: at, last, lastFigure, more }) =>
      `${name(best)} is ahead with a perplexity of ${figure(at)}. ${name(last)} is last with ${figure(lastFigure)}, ${percent(more)} more.`,
    level: ({ best, figure: at, second, secondFigure }) =>
      `${name(best)} (${figure(at)}) and ${name(second)} (${figure(secondFigure)}) are level: another seed may change their order.`,
    out: ({ who, step, clipped }) =>
      `${name(who)} is out: at step ${count(step)} its loss became NaN (not a number), and ${clipped === 0 ? 'no step before was clipped' : `${percent(clipped)} of its steps were clipped`}.`,
    overtook: ({ best, who, step }) => `${name(best)} was behind ${name(who)} until step ${count(step)}.`,
    units: ({ many, few }) =>
      `All have the same number of weights. That is ${units(few)} hidden units for ${name(few)} and ${units(many)} for ${name(many)}, since gates cost weights. What helps to guess the next character stands mostly just before it, so a long memory earns little here. (The preset “Long memory” has a task where it decides.)`,
    pace: ({ last, fell, best, bestFell }) =>
      fell > bestFell + still
        ? `In the last quarter of the steps ${name(last)} improved by ${percent(fell)}, ${name(best)} by ${percent(bestFell)}: it is catching up, and more steps may change the order.`
        : `In the last quarter of the steps ${name(best)} improved by ${percent(Math.max(0, bestFell))}, ${name(last)} by ${percent(Math.max(0, fell))}: more steps alone will hardly change the order.`,
    depth: ({ racers, figures, pays }) =>
      `By depth: ${racers.map((racer, i) => `${name(racer)}, ${units(racer)} units each, ${figure(figures[i])}`).join('; ')}. ${
        pays ? 'Here depth pays.' : 'Here depth does not pay: the same weights in more layers make each layer narrower.'
      }`,
    remembers: ({ who, step }) => `${name(who)} has learned to remember, since step ${count(step)}${isGated(who) ? ': its gates keep the symbol' : ''}.`,
    forgets: ({ racers, back }) =>
      `Not learned yet: ${racers.map((who) => `${name(who)} (${percent(who.accuracy ?? 0)} right, guessing gets ${percent(1 / symbols)})`).join(', ')}. The symbol lies ${count(back)} steps back${
        racers.some(isGated) ? '; more steps may help.' : ', and a network without gates replaces its whole state at each of them.'
      }`,
  },
  {
    ahead: ({ best, figure: at, last, lastFigure, more }) =>
      `${name(best)} 领先，困惑度 ${figure(at)}；${name(last)} 排在最后，${figure(lastFigure)}，高出 ${percent(more)}。`,
    level: ({ best, figure: at, second, secondFigure }) =>
      `${name(best)}（${figure(at)}）与 ${name(second)}（${figure(secondFigure)}）不相上下：换一个随机种子，顺序可能就变了。`,
    out: ({ who, step, clipped }) =>
      `${name(who)} 出局：第 ${count(step)} 步时损失变成了 NaN（非数），此前${clipped === 0 ? '没有一步被裁剪' : `有 ${percent(clipped)} 的步被裁剪`}。`,
    overtook: ({ best, who, step }) => `直到第 ${count(step)} 步，${name(best)} 还落后于 ${name(who)}。`,
    units: ({ many, few }) =>
      `所有参赛者的权重数相同。门要占用权重，所以 ${name(few)} 只有 ${units(few)} 个隐藏单元，${name(many)} 有 ${units(many)} 个。预测下一个字符，有用的大多是紧挨着的几个字符，长记忆在这里用处不大。（在预设“长记忆”的任务里，它起决定作用。）`,
    pace: ({ last, fell, best, bestFell }) =>
      fell > bestFell + still
        ? `最后四分之一的训练里，${name(last)} 改进了 ${percent(fell)}，${name(best)} 改进了 ${percent(bestFell)}：它正在追赶，再训练下去，名次可能会变。`
        : `最后四分之一的训练里，${name(best)} 改进了 ${percent(Math.max(0, bestFell))}，${name(last)} 改进了 ${percent(Math.max(0, fell))}：只是多训练几步，名次不太会变。`,
    depth: ({ racers, figures, pays }) =>
      `按层数看：${racers.map((racer, i) => `${name(racer)}，每层 ${units(racer)} 个单元，${figure(figures[i])}`).join('；')}。${
        pays ? '在这里，深一些更好。' : '在这里，深并没有好处：同样多的权重分到更多层，每层就更窄。'
      }`,
    remembers: ({ who, step }) => `${name(who)} 从第 ${count(step)} 步起学会了记住${isGated(who) ? '：它的门留住了那个符号' : ''}。`,
    forgets: ({ racers, back }) =>
      `还没有学会的：${racers.map((who) => `${name(who)}（答对 ${percent(who.accuracy ?? 0)}，瞎猜是 ${percent(1 / symbols)}）`).join('、')}。符号在 ${count(back)} 步之前，${
        racers.some(isGated) ? '再多训练几步也许会好。' : '没有门的网络每一步都要改写整个状态。'
      }`,
  },
)

export const sentenceOf = <Kind extends Fact['kind']>(fact: Extract<Fact, { kind: Kind }>): string => (words.value[fact.kind] as (fact: Fact) => string)(fact)
