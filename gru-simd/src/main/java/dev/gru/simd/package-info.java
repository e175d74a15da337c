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
 * ({@link dev.gru.kernel.math.Exponential}); α v + β is one fma;
 * <li>nothing is summed across lanes; a lane's number never depends on another lane.
 * </ul>
 *
 * <p><b>Sources.</b> The straight-line loops are generated before compilation: {@code Fp32Loops} and {@code Bf16Loops} are
 * the matrix products, {@code ActivationLoops} and {@code GateLoops} the element-wise rest. Their generator,
 * {@code src/main/generator/KernelGenerator.java}, has a picture of a tile, the table of all tiles, and says how to add
 * one. What calls them is written by hand: {@link dev.gru.simd.PackedMatrix} chooses tiles,
 * {@link dev.gru.simd.SimdGru} orders the work of a step and shares it out over threads.
 *
 * <p><b>Names.</b> Inside kernels: k counts inputs, w is weights, a lane is one output.
 */
package dev.gru.simd;
