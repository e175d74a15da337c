/**
 * The arithmetic that kernels share: the polynomials of all activations, and the functions in double and in floats. Of
 * the rest of the project it knows only which functions there are.
 */
package dev.gru.kernel.math;
