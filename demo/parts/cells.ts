// The cells as the page speaks of them. A cell that the library adds does not compile until it is named here.
import type { CellName } from 'sluice'
import { strings } from '../page/language'

export const cellNames: Record<CellName, string> = {
  rnn: 'RNN',
  'rnn-relu': 'RNN relu',
  gru: 'GRU',
  'gru-reset-after': 'GRU reset-after',
  mgu: 'MGU',
  lstm: 'LSTM',
}

export const cellAbout = strings<Record<CellName, string>>(
  {
    rnn: 'The simplest: the new state is tanh of the input and the old state. It forgets soon.',
    'rnn-relu': 'As the RNN, with relu in place of tanh. Quick to learn, and quick to explode.',
    gru: 'Two gates decide what to keep and what to renew. The reset gate acts before the product.',
    'gru-reset-after': 'The GRU as PyTorch and cuDNN have it: the reset gate acts after the product.',
    mgu: 'The minimal gated unit: one gate does what both of the GRU do.',
    lstm: 'Three gates around a memory cell of its own, which holds on for long.',
  },
  {
    rnn: '最简单的一种：新状态是输入与旧状态的 tanh。忘得快。',
    'rnn-relu': '同 RNN，以 relu 代替 tanh。学得快，也容易爆炸。',
    gru: '两个门决定保留什么、更新什么。重置门在乘积之前起作用。',
    'gru-reset-after': 'PyTorch 与 cuDNN 的 GRU：重置门在乘积之后起作用。',
    mgu: '最小门控单元：一个门兼任 GRU 的两个门。',
    lstm: '三个门围着一个记忆单元，能记得很久。',
  },
)
