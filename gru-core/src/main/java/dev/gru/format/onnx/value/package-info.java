/**
 * What is known of the values in an ONNX graph without running it: constants, sizes, and arrays that layers make. Not
 * API.
 */
package dev.gru.format.onnx.value;
