/**
 * The layers that an ONNX graph turns out to be, before they are layers: what nodes make of which values, one for each
 * operation. They are simplified as a whole, and then put together as a model. Not API.
 */
package dev.gru.format.onnx.stage;
