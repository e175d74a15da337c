/**
 * ONNX's protocol buffers, and the files of data beside them, as plain values: what a file says, with nothing looked
 * into but that it can be read. Not API.
 */
package dev.gru.format.onnx.proto;
