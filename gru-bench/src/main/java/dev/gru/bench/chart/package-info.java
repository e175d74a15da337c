/** Charts for the documentation, as SVG. */
package dev.gru.bench.chart;
