/**
 * The arrays and texts of HDF5 files, as far as Keras writes such: read by a library once a walk of our own has found
 * the file harmless. Not API.
 */
package dev.gru.format.hdf5;
