/**
 * The kernel {@code simd}: packing, matrix products, gates and activations on the Vector API.
 *
 * <p><b>Bits.</b> Every number that comes out is made by one fixed chain of exactly specified operations, whatever the
 * vector length, the batch or the cut of a sequence:
 *
 * <ul>
 * <li>a matrix product is its bias, then one fused multiply-add for each input in order ({@link PackedMatrix});
 * <li>a pre-activation is the product with the inputs plus the product with the states, each with its own bias;
 * <li>activations consist of fma, add, subtract, multiply, divide, min, max and bit operations
 * ({@link dev.gru.kernel.math.Exponential});
 * <li>nothing is summed across lanes; a lane's number never depends on another lane.
 * </ul>
 *
 * <p><b>Names.</b> Inside kernels: k counts inputs, w is weights, a lane is one output.
 */
package dev.gru.simd;
