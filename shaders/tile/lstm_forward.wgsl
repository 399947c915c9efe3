// Steps forward of an LSTM (lib/lstm_forward), a tile of rows × units an invocation.
// Grid: x = 4 ⌈H4 / 2⌉ invocations, y = ⌈B / tile height⌉, z = D.
#import lib/lstm_forward
#import tile/lib/gates_forward
