/**
 * The vocabulary of the library: the weights of single layers in canonical form, the recurrences that go by the name of
 * GRU, their gates and activations, and the precisions that weights are kept in. Everything here is immutable.
 *
 * <p>Arrays are dense and row-major; sizes count elements, never bytes. The letters of the formulas are PyTorch's: x is
 * the input, h the state, r the reset gate, z the update gate, n the new (candidate) state, σ the logistic function, ⊙
 * the element-wise product.
 */
package dev.gru.weights;
