/**
 * ONNX's files: protocol buffers as plain values, and the layers that a graph turns out to be.
 * {@link dev.gru.format.onnx.OnnxFile} is where reading begins. Not API.
 */
package dev.gru.format.onnx;
