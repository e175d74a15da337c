package dev.gru.format.hdf5;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import dev.gru.format.file.ModelFormatException;

/**
 * What was done with the chunks of a data set before they were stored, first to last: the filter message of its object
 * header.
 *
 * @param filters the filters; those of other kinds than deflate (which h5py calls gzip) and shuffle are refused when
 *     data is read
 */
record Filters(List<Filter> filters) {
    static final Filters NONE = new Filters(List.of());

    private static final int DEFLATE = 1;
    private static final int SHUFFLE = 2;
    /** Filters with a larger number are not the library's own, and have names. */
    private static final int OWN = 256;

    /**
     * One filter.
     *
     * @param number its number in the specification
     * @param value its first parameter, or 0 if it has none
     */
    record Filter(int number, long value) {
        @Override
        public String toString() {
            return switch (number) {
                case DEFLATE -> "gzip";
                case SHUFFLE -> "shuffle";
                case 3 -> "fletcher32";
                case 4 -> "szip";
                case 5 -> "nbit";
                case 6 -> "scaleoffset";
                case 32_000 -> "lzf";
                default -> "number " + number;
            };
        }
    }

    /**
     * Reads a filter message.
     *
     * <p>Version, number of filters, in version 1 reserved (6), then of each: number (2), length of its name (2, not in
     * version 2 if it is the library's own), flags (2), number of parameters (2), its name, parameters (4 each); in
     * version 1, names are padded to a multiple of 8 and parameters to an even number.
     */
    static Filters read(VisitedBytes bytes, long at) throws ModelFormatException {
        boolean first = bytes.u1(at) == 1;
        int count = bytes.u1(at + 1);
        long next = at + (first ? 8 : 2);
        List<Filter> filters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = bytes.u2(next);
            boolean named = first || number >= OWN;
            int nameLength = named ? bytes.u2(next + 2) : 0;
            next += named ? 4 : 2;
            int parameters = bytes.u2(next + 2);
            next += 4 + (first ? (nameLength + 7) / 8 * 8 : nameLength);
            filters.add(new Filter(number, parameters == 0 ? 0 : bytes.u4(next)));
            next += 4L * (first ? parameters + parameters % 2 : parameters);
        }
        return new Filters(List.copyOf(filters));
    }

    /** Returns a filter that is not supported, or null if there is none. */
    Filter unsupported() {
        boolean deflated = false;
        for (Filter filter : filters) {
            if ((filter.number != DEFLATE && filter.number != SHUFFLE) || (filter.number == DEFLATE && deflated)) {
                return filter;
            }
            deflated |= filter.number == DEFLATE;
        }
        return null;
    }

    /**
     * Returns a chunk as it was before it was filtered.
     *
     * @param stored the chunk as it is stored
     * @param length how long it is without filters; no more is ever inflated
     * @param mask a bit for each filter, 1 if it was left out
     * @throws IllegalArgumentException if it is damaged, or of another length
     */
    byte[] undo(byte[] stored, int length, long mask) {
        byte[] chunk = stored;
        for (int i = filters.size() - 1; i >= 0; i--) {
            if ((mask >> i & 1) == 0) {
                Filter filter = filters.get(i);
                chunk = filter.number == DEFLATE
                        ? inflated(chunk, length)
                        : unshuffled(chunk, Math.clamp(filter.value, 1, Integer.MAX_VALUE));
            }
        }
        if (chunk.length != length) {
            throw new IllegalArgumentException("a chunk has " + chunk.length + " bytes, which should be " + length);
        }
        return chunk;
    }

    private static byte[] inflated(byte[] stored, int length) {
        byte[] chunk = new byte[length];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(stored);
            int filled = 0;
            while (filled < length && !inflater.finished()) {
                int more = inflater.inflate(chunk, filled, length - filled);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    break;
                }
                filled += more;
            }
            // What is whole ends here; its checksum is looked at on the way to its end.
            if (filled < length || inflater.inflate(new byte[1]) > 0 || !inflater.finished()) {
                throw new IllegalArgumentException("a chunk does not inflate to " + length + " bytes");
            }
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("a chunk does not inflate: " + e.getMessage(), e);
        }
        return chunk;
    }

    /** All first bytes of elements come first, then all second ones; what is left over stands at the end. */
    private static byte[] unshuffled(byte[] stored, int elementBytes) {
        byte[] chunk = stored.clone();
        int elements = stored.length / elementBytes;
        for (int i = 0; i < elements; i++) {
            for (int b = 0; b < elementBytes; b++) {
                chunk[i * elementBytes + b] = stored[b * elements + i];
            }
        }
        return chunk;
    }
}
