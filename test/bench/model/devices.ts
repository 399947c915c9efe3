// GPUs that the model stands for: published figures, with where they were published, and what is guessed marked as such.

export interface Device {
  readonly name: string
  /** What runs a workgroup: SM, GPU core, dual subslice. */
  readonly cores: number
  /** Invocations of a core that each do one multiply-add a cycle; and of one wave. */
  readonly lanes: number
  readonly wave: number
  /** Cycles a second. */
  readonly clock: number
  /** Bytes a second of DRAM and of the L2 cache (Intel: L3), and what the cache holds. */
  readonly dram: number
  readonly l2: number
  readonly cached: number
  /** Bytes a cycle that a core loads from its first-level cache or from workgroup memory; and from L2. */
  readonly l1PerCycle: number
  readonly l2PerCycle: number
  /** Seconds from asking the L2 cache to its answer. */
  readonly l2Latency: number
  /** Seconds of a dispatch that waits for the one before. */
  readonly dispatch: number
  /** Seconds of a barrier in a workgroup. */
  readonly barrier: number
}

/** A dependent dispatch: 24 to 36 µs through Vulkan and 32 to 71 through Metal (arXiv 2604.02344); 17 derived from Chrome on an M2
 * Pro. The least of each. They are whole dispatches through a browser's validation, where the CPU is not ahead of the GPU; one that is
 * encoded in good time may cost 3 to 6 µs (a barrier and a launch), so the tables are made for that, too. */
const vulkan = 24e-6
const metal = 17e-6
export const encodedAhead = 5e-6

export const devices: readonly Device[] = [
  {
    // Intel ARK, Core i7-1185G7: 96 EU at 1.35 GHz, LPDDR4X-4266 on 128 bits, 68.3 GB/s. Intel, Xe-LP architecture (Hot Chips 2020):
    // 16 EU of 8 lanes a subslice, so 6 of them, 3.8 MB of L3, 128 bytes a cycle of workgroup memory a subslice; L3 of 64 bytes a cycle
    // a bank, of which this takes 4. Latency of L3: Chips and Cheese, Tiger Lake iGPU, about 200 ns.
    name: 'Intel Iris Xe, 96 EU', cores: 6, lanes: 128, wave: 16, clock: 1.35e9, dram: 68.3e9, l2: 345e9, cached: 3.8e6,
    l1PerCycle: 64, l2PerCycle: 64, l2Latency: 200e-9, dispatch: vulkan, barrier: 0.3e-6,
  },
  {
    // Apple, M2 with 10 GPU cores: 3.6 TFLOP/s, 100 GB/s. philipturner/metal-benchmarks: 128 lanes a core, 1.398 GHz, 64 bytes a
    // cycle from the first-level cache, 3 MB of L2, L2 latency about 250 ns. L2 bandwidth: guessed from M1's, 32 bytes a cycle a core.
    name: 'Apple M2, 10 cores', cores: 10, lanes: 128, wave: 32, clock: 1.398e9, dram: 100e9, l2: 447e9, cached: 3e6,
    l1PerCycle: 64, l2PerCycle: 32, l2Latency: 250e-9, dispatch: metal, barrier: 0.2e-6,
  },
  {
    // NVIDIA, Ada GPU architecture and GeForce RTX 4070: 46 SM of 128 lanes at 2.475 GHz (29.1 TFLOP/s), 504 GB/s, 36 MB of L2; 128
    // bytes a cycle of L1. L2: Chips and Cheese measured about 5 TB/s with 128 SM of a 4090, here by the number of SM; latency about 115 ns.
    name: 'NVIDIA RTX 4070', cores: 46, lanes: 128, wave: 32, clock: 2.475e9, dram: 504e9, l2: 1.8e12, cached: 36e6,
    l1PerCycle: 128, l2PerCycle: 64, l2Latency: 115e-9, dispatch: vulkan, barrier: 0.05e-6,
  },
  {
    // NVIDIA, H100 SXM: 132 SM of 128 lanes at 1.98 GHz (66.9 TFLOP/s), 3.35 TB/s, 50 MB of L2. L2: Chips and Cheese measured about
    // 5.5 TB/s, latency about 130 ns to the near part.
    name: 'NVIDIA H100 SXM', cores: 132, lanes: 128, wave: 32, clock: 1.98e9, dram: 3.35e12, l2: 5.5e12, cached: 50e6,
    l1PerCycle: 128, l2PerCycle: 64, l2Latency: 130e-9, dispatch: vulkan, barrier: 0.05e-6,
  },
]

/** Guesses that no data sheet has: the part of the multiply-adds that a kernel's loop issues (128 of 193 vector instructions in
 * lstm_forward, 128 of 155 in product_nn, by AMD's compiler); rounds of loads that are under way at a time; and how many times as many
 * requests a first-level cache answers for loads whose neighbours are far apart. */
export const guesses = { issue: 0.7, underWay: 2, scattered: 4 }
