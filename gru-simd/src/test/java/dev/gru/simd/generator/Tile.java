package dev.gru.simd.generator;

/**
 * Part of a matrix product whose sums stay in registers.
 *
 * @param rows rows of inputs that are multiplied at once
 * @param vectors vectors of outputs that they are multiplied by
 */
record Tile(int rows, int vectors) {
}
