/** Reports of figures, for all commands: JSON files, and charts as SVG. */
package dev.gru.bench.report;
