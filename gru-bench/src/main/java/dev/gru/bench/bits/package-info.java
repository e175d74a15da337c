/** One digest of what a kernel computes, the same on every machine. */
package dev.gru.bench.bits;
