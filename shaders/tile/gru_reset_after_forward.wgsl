// Steps forward of a GRU with the reset gate after the product (lib/gru_reset_after_forward), a tile of rows × units an invocation.
// Grid: x = H4 invocations, y = ⌈B / tile height⌉, z = D.
#import lib/gru_reset_after_forward
#import tile/lib/units_forward
