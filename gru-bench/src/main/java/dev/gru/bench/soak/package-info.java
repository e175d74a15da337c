/** Hard use of one model by many threads for minutes, every output of which is compared with a replay. */
package dev.gru.bench.soak;
