/** What one sees of a training: lines or a progress bar while it runs, and a history of its epochs in a file. */
package dev.gru.bench.training;
