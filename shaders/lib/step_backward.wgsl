// What a step backward reads beside the product with U. The importer declares `dy`.
const backward = true;

// Whether `dy` shall hold dL/dh of each step afterwards, for inspection.
override keep: bool = false;
