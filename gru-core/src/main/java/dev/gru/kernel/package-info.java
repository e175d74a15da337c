/**
 * The seam between models and the code that computes them: canonical weights, the kernels that pack and run them, and
 * the choice among kernels at run time. Of the other packages of the project this one knows only
 * {@link dev.gru.kernel.math}, the arithmetic below it.
 *
 * <p>Shapes are written {@code (batch, steps, inputSize)}; every array is dense, row-major {@code float[]}. Sizes count
 * elements, never bytes. The letters of the formulas are PyTorch's: x is the input, h the state, r the reset gate, z the
 * update gate, n the new (candidate) state, σ the logistic function, ⊙ the element-wise product.
 */
package dev.gru.kernel;
