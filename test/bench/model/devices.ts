// GPUs that the model stands for: published figures, with where they were published, and what is guessed marked as such.

export interface Device {
  readonly name: string
  /** Where the figures are from, and which of them nobody has looked up. */
  readonly sources: string
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
    name: 'Intel Iris Xe, 96 EU',
    cores: 6,
    lanes: 128,
    wave: 16,
    clock: 1.35e9,
    dram: 68.3e9,
    l2: 173e9,
    cached: 3.8e6,
    l1PerCycle: 64,
    l2PerCycle: 64,
    l2Latency: 200e-9,
    dispatch: vulkan,
    barrier: 0.3e-6,
    sources:
      '96 EU of 8 lanes, 16 EU a subslice, LPDDR4X-4266 on 128 bits: [AnandTech on Tiger Lake](https://www.anandtech.com/show/15971/intels-11th-gen-core-tiger-lake-soc-detailed-superfin-willow-cove-and-xelp/4), [SiSoftware](https://www.sisoftware.co.uk/2020/09/03/intel-iris-plus-g7-gen12-xe-tigerlake-ulv-i7-1165g7-review-benchmarks-gpgpu-performance/); clock: Intel ARK, Core i7-1185G7; L3 of 3.8 MB: [AnandTech on Xe-LP](https://www.anandtech.com/show/15973/the-intel-xelp-gpu-architecture-deep-dive-building-up-from-the-bottom/5); 128 bytes a cycle: [Hardware Times](https://www.hardwaretimes.com/intel-gen12-xe-graphics-architectural-deep-dive-the-bigger-the-better/2/). Guessed: 64 bytes a cycle a subslice, 200 ns.',
  },
  {
    name: 'Apple M2, 10 cores',
    cores: 10,
    lanes: 128,
    wave: 32,
    clock: 1.398e9,
    dram: 100e9,
    l2: 447e9,
    cached: 1.5e6,
    l1PerCycle: 64,
    l2PerCycle: 32,
    l2Latency: 250e-9,
    dispatch: metal,
    barrier: 0.2e-6,
    sources:
      '10 cores of 128 lanes, 1.398 GHz, 64 bytes a cycle on a core and about 32 from L2, L2 of about 1.5 MB (8 MB behind it are not in the model): [metal-benchmarks](https://github.com/philipturner/metal-benchmarks); 100 GB/s: Apple. Guessed: 250 ns.',
  },
  {
    name: 'NVIDIA RTX 4070',
    cores: 46,
    lanes: 128,
    wave: 32,
    clock: 2.475e9,
    dram: 504e9,
    l2: 1.8e12,
    cached: 36e6,
    l1PerCycle: 128,
    l2PerCycle: 64,
    l2Latency: 115e-9,
    dispatch: vulkan,
    barrier: 0.05e-6,
    sources:
      '46 SM, 2.475 GHz, 504 GB/s, 36 MB: NVIDIA; 128 lanes an SM, 128 bytes a cycle of shared memory: [metal-benchmarks](https://github.com/philipturner/metal-benchmarks), which has 64 for the cache. L2: about 5 TB/s with the 128 SM of a 4090, here by the number of SM, from [Chips and Cheese](https://chipsandcheese.com/p/microbenchmarking-nvidias-rtx-4090), as remembered; its latency is near 279 cycles on an L40 of the same family ([arXiv 2606.22588](https://arxiv.org/abs/2606.22588)).',
  },
  {
    name: 'NVIDIA H100 SXM',
    cores: 132,
    lanes: 128,
    wave: 32,
    clock: 1.98e9,
    dram: 3.35e12,
    l2: 5.5e12,
    cached: 50e6,
    l1PerCycle: 128,
    l2PerCycle: 64,
    l2Latency: 130e-9,
    dispatch: vulkan,
    barrier: 0.05e-6,
    sources:
      '132 SM, 50 MB of L2: [Chips and Cheese](https://chipsandcheese.com/p/nvidias-h100-funny-l2-and-tons-of-bandwidth); 1.98 GHz, 3.35 TB/s: NVIDIA. L2 bandwidth and latency (to the near part), of the PCIe card of 114 SM, as remembered from the same article.',
  },
]

/** Guesses that no data sheet has: the part of the multiply-adds that a kernel's loop issues (128 of 193 vector instructions in
 * lstm_forward, 128 of 155 in product_nn, by AMD's compiler); rounds of loads that are under way at a time; and how many times as many
 * requests a first-level cache answers for loads whose neighbours are far apart. */
export const guesses = { issue: 0.7, underWay: 2, scattered: 4 }
