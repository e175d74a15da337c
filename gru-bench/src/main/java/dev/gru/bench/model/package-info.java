/** Whole models of the kinds that people run, for benchmarks, and the same models as ONNX. */
package dev.gru.bench.model;
