/**
 * The seam between models and the code that computes them: the kernels that pack and run the weights of
 * {@link dev.gru.weights}, and the choice among kernels at run time. Not API: users name a kernel by a word.
 *
 * <p>Shapes are written {@code (batch, steps, inputSize)}; every array is dense, row-major {@code float[]}. Sizes count
 * elements, never bytes. The letters of the formulas are PyTorch's: x is the input, h the state, r the reset gate, z
 * the update gate, n the new (candidate) state, σ the logistic function, ⊙ the element-wise product.
 */
package dev.gru.kernel;
