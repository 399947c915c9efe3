// The names and descriptions of the cells. A new cell of the library does not compile until it is named here.
import type { CellName } from 'sluice'
import { strings } from '../page/language'

export const cellNames: Record<CellName, string> = {
  rnn: 'RNN',
  'rnn-relu': 'ReLU RNN',
  gru: 'GRU',
  'gru-reset-after': 'GRU reset-after',
  mgu: 'MGU',
  lstm: 'LSTM',
}

export const cellAbout = strings<Record<CellName, string>>(
  {
    rnn: 'The simplest cell: the new state is tanh of a weighted sum of the input and the old state. It forgets quickly.',
    'rnn-relu': 'An RNN with ReLU instead of tanh. It learns fast, and its gradient explodes easily.',
    gru: 'Two gates decide what to keep and what to replace. The reset gate acts before the matrix product.',
    'gru-reset-after': 'The GRU of PyTorch and cuDNN: the reset gate acts after the matrix product.',
    mgu: 'The minimal gated unit: one gate does the work of both GRU gates.',
    lstm: 'Three gates control a separate memory cell, which can remember for a long time.',
  },
  {
    rnn: '最简单的单元：对输入与旧隐状态的加权和取 tanh，得到新隐状态。忘得快。',
    'rnn-relu': '用 ReLU 代替 tanh 的 RNN。学得快，梯度也容易爆炸。',
    gru: '两个门决定保留什么、更新什么。重置门在矩阵乘法之前起作用。',
    'gru-reset-after': 'PyTorch 与 cuDNN 的 GRU：重置门在矩阵乘法之后起作用。',
    mgu: '最小门控单元：用一个门完成 GRU 两个门的工作。',
    lstm: '三个门控制一个单独的记忆元，能记得很久。',
  },
)
