/**
 * The files in which models and arrays come and go. {@link dev.gru.format.ModelReader} reads models of every format;
 * {@link dev.gru.format.ModelFile} writes the library's own. Each reader reads all of a file or fails with a
 * {@link dev.gru.format.file.ModelFormatException}; what is not supported is refused by name.
 *
 * <p><b>Files that are not trusted.</b> The time that a file takes, and the memory, grow as its size does, whatever is
 * in it: to read it and make a model of it, to print the model's summary, and to open its first session, all together
 * allocate at most 512 bytes for each byte of the file, and 16 MB beside; files of trained weights take some ten bytes.
 * Of a zip file, what its entries inflate to counts, which is at most eight times its size and 1 MB for each entry that
 * is read. It is held to that by
 *
 * <ul>
 * <li>ONNX: a number of parts that the size justifies, counted before any is made, and a budget of what nodes do with
 * constants and shapes, 16 elements for each four bytes of the file;
 * <li>JSON, in Keras's and safetensors files: 64 levels, numbers of 1000 digits, and in safetensors 300,000 values;
 * <li>HDF5: every byte is walked over, indexed and copied once, so what is pointed to twice is refused; what compressed
 * arrays inflate to is at most eight times the file and 1 MB;
 * <li>tensors of safetensors: they cover the file without overlaps;
 * <li>streams: what layers keep from step to step, 32 floats for each byte of the file, and a million beside;
 * <li>running: arrays for the outputs of layers that are used again once nothing needs them, one scratch memory for all
 * functions of one number of features.
 * </ul>
 */
package dev.gru.format;
