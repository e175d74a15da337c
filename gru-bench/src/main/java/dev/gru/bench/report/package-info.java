/** What the commands have in common to report figures with: charts as SVG. */
package dev.gru.bench.report;
