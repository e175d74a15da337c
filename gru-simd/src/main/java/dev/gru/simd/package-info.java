/**
 * The kernel {@code simd}: packing, matrix products, gates and activations on the Vector API.
 *
 * <p><b>Bits.</b> Every output is one fixed chain of exactly specified operations, whatever the vector length, the
 * batch or the cut of a sequence:
 *
 * <ul>
 * <li>a matrix product is its bias, then one fused multiply-add for each input in order
 * ({@link dev.gru.simd.PackedMatrix});
 * <li>a pre-activation is the product with the inputs plus the product with the states, each with its own bias;
 * <li>activations consist of fma, add, subtract, multiply, divide, min, max and bit operations
 * ({@link dev.gru.kernel.math.Exponential}); α v + β is one fma;
 * <li>nothing is summed across lanes; a lane's number never depends on another lane.
 * </ul>
 *
 * <p><b>Classes.</b> {@link dev.gru.simd.PackedMatrix} packs a matrix and chooses tiles, {@link
 * dev.gru.simd.PackedGates} cuts a GRU layer into panels, {@link dev.gru.simd.SimdGruRunner} orders the work of steps
 * and shares it among threads. {@link dev.gru.simd.StreamGruRunner} steps many streams of a small layer at once, whose
 * lanes are streams; {@link dev.gru.simd.StreamGates} says when. The straight-line loops that they call are in {@code
 * dev.gru.simd.loops}.
 *
 * <p><b>Names.</b> Inside kernels: k counts inputs, w is weights, a lane is one output, or in {@code Stream…} one
 * stream.
 */
package dev.gru.simd;
