/**
 * JMH benchmarks, one class per question. Most take the kernel as a parameter; {@code gru-bench/gru bench} runs them.
 */
package dev.gru.bench;
