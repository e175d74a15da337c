/**
 * JMH benchmarks, one class a question. Each takes the kernel as a parameter; {@code gru-bench/gru bench} runs them.
 */
package dev.gru.bench;
