// The equations of the essay, in the notation of math.tsx. Their order is that of their numbers. d… of a gate is the gradient before its σ or tanh.
export const equations = {
  rnnState: 'h_t = tanh (x_t W + h_{t−1} U + b)',

  reset: 'r_t = σ(x_t W_r + h_{t−1} U_r + b_r)',
  update: 'z_t = σ(x_t W_z + h_{t−1} U_z + b_z)',
  candidate: 'n_t = tanh (x_t W_n + (r_t ⊙ h_{t−1}) U_n + b_n)',
  gruState: 'h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t',
  candidateAfter: 'n_t = tanh (x_t W_n + b_n + r_t ⊙ (h_{t−1} U_n + b_n^′))',

  input: 'i_t = σ(x_t W_i + h_{t−1} U_i + b_i)',
  forget: 'f_t = σ(x_t W_f + h_{t−1} U_f + b_f)',
  memoryCandidate: 'g_t = tanh (x_t W_g + h_{t−1} U_g + b_g)',
  output: 'o_t = σ(x_t W_o + h_{t−1} U_o + b_o)',
  memory: 'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t',
  lstmState: 'h_t = o_t ⊙ tanh (c_t)',

  dState: 'dh_t = frac{∂L}{∂h_t} = dy_t + da_{t+1} U^⊤',
  dSum: 'da_t = dh_t ⊙ (1 − h_t^2)',

  dCandidate: 'dn_t = dh_t ⊙ (1 − z_t) ⊙ (1 − n_t^2)',
  dUpdate: 'dz_t = dh_t ⊙ (h_{t−1} − n_t) ⊙ z_t ⊙ (1 − z_t)',
  dSeen: 'ds_t = dn_t U_n^⊤',
  dReset: 'dr_t = ds_t ⊙ h_{t−1} ⊙ r_t ⊙ (1 − r_t)',
  dCarried: 'dh_{t−1}^′ = dh_t ⊙ z_t + ds_t ⊙ r_t',
  dBefore: 'dh_{t−1} = dy_{t−1} + dh_{t−1}^′ + dr_t U_r^⊤ + dz_t U_z^⊤',
  dResetAfter: 'dr_t = dn_t ⊙ (h_{t−1} U_n + b_n^′) ⊙ r_t ⊙ (1 − r_t)',
  dProductAfter: 'ds_t = dn_t ⊙ r_t',

  dOutput: 'do_t = dh_t ⊙ tanh (c_t) ⊙ o_t ⊙ (1 − o_t)',
  dMemory: 'dc_t = dc_t^′ + dh_t ⊙ o_t ⊙ (1 − tanh^2 c_t)',
  dInput: 'di_t = dc_t ⊙ g_t ⊙ i_t ⊙ (1 − i_t)',
  dForget: 'df_t = dc_t ⊙ c_{t−1} ⊙ f_t ⊙ (1 − f_t)',
  dMemoryCandidate: 'dg_t = dc_t ⊙ i_t ⊙ (1 − g_t^2)',
  dMemoryBefore: 'dc_{t−1}^′ = dc_t ⊙ f_t',

  norm: '‖g‖ = sqrt{sum_k{g_k^2}}',
  clip: 'g ← g · min (1, frac{θ}{‖g‖})',

  directions: 'h_t^→ = φ(x_t, h_{t−1}^→), h_t^← = φ(x_t, h_{t+1}^←)',
  joined: 'y_t = [h_t^→, h_t^←]',
} as const

export type EquationName = keyof typeof equations

/** From 1. */
export const numberOf = (name: EquationName): number => Object.keys(equations).indexOf(name) + 1
