/**
 * Finds a GRU in the body of an ONNX {@code Loop}: one step in elementary operators, as tf2onnx and Keras 3 write it.
 * The body is computed in formulas, not in numbers; what comes out for the new state is compared with a GRU's
 * equations. Not API.
 */
package dev.gru.format.onnx.loop;
