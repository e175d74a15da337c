/** How long single steps take under a load that comes at a fixed rate, whether or not the one before is done. */
package dev.gru.bench.latency;
