package dev.gru.format.safetensors;

import java.nio.ByteOrder;

/**
 * What reader and writer of safetensors files agree on. A file is a length of 8 bytes, a header of that length, in
 * JSON, and the data of all tensors, without gaps or overlaps.
 */
final class Format {
    /** How many bytes say how long the header is. */
    static final int PREFIX_BYTES = Long.BYTES;
    static final ByteOrder BYTE_ORDER = ByteOrder.LITTLE_ENDIAN;

    /** The key of the metadata, in the place of a tensor's name. */
    static final String METADATA = "__metadata__";

    /** The bound that the format's own implementation has. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    /** The only kind of {@linkplain TensorFile#CHECKSUMS checksums}. */
    static final String CRC_32C = "crc-32c";

    private Format() {
    }
}
