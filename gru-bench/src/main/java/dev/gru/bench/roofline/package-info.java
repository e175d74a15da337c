/**
 * What one core can do at best, measured, and from that how fast a GRU layer could be: Williams, Waterman and
 * Patterson, <a href="https://doi.org/10.1145/1498765.1498785">Roofline: an insightful visual performance model</a>,
 * 2009.
 */
package dev.gru.bench.roofline;
