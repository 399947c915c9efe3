// A loop whose end is no constant is given a guard by browsers, lest it be endless: two registers of each invocation, and five instructions
// a turn. One to a constant has none, so the loops of kernels for GPUs end there, and break before.
const most_turns = 0x1000000u;
