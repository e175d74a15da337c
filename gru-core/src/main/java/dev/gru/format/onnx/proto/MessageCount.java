package dev.gru.format.onnx.proto;

import java.io.IOException;
import java.util.Map;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;

import dev.gru.format.file.ModelFormatException;

/**
 * Counts the parts of an ONNX file without making them. An empty message takes two bytes of a file and a hundred times
 * that in memory, so a file could hold far more of them than a model has use for.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">the definition of the messages</a>
 */
final class MessageCount {
    /** What a message costs more than any other field, of which each counts as one. */
    private static final int MESSAGE = 3;
    /** Several times what a graph without weights has that comes near to any use here. */
    private static final long FREE = 100_000;
    /** With weights, parts are larger by far; numbers one by one are 5 bytes each. */
    private static final int BYTES_EACH = 4;

    /** The kinds of messages that have others inside. */
    enum Kind {
        MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR, SPARSE_TENSOR, VALUE, TRAINING, FUNCTION, ANNOTATION,
        /** A type; the next are what it may be made of. */
        TYPE, TENSOR_TYPE, ELEMENT_TYPE, MAP_TYPE, SHAPE,
        /** One that has no messages inside. */
        PLAIN
    }

    /**
     * For each kind, the numbers of those of its fields that are messages. A test holds them to ONNX's own definition.
     */
    static final Map<Kind, Map<Integer, Kind>> FIELDS = Map.ofEntries(
            Map.entry(Kind.MODEL, Map.of(7, Kind.GRAPH, 8, Kind.PLAIN, 14, Kind.PLAIN, 20, Kind.TRAINING, 25,
                    Kind.FUNCTION)),
            Map.entry(Kind.GRAPH, Map.of(1, Kind.NODE, 5, Kind.TENSOR, 11, Kind.VALUE, 12, Kind.VALUE, 13, Kind.VALUE,
                    14, Kind.ANNOTATION, 15, Kind.SPARSE_TENSOR, 16, Kind.PLAIN)),
            Map.entry(Kind.NODE, Map.of(5, Kind.ATTRIBUTE, 9, Kind.PLAIN)),
            Map.entry(Kind.ATTRIBUTE, Map.of(5, Kind.TENSOR, 6, Kind.GRAPH, 10, Kind.TENSOR, 11, Kind.GRAPH, 14,
                    Kind.TYPE, 15, Kind.TYPE, 22, Kind.SPARSE_TENSOR, 23, Kind.SPARSE_TENSOR)),
            Map.entry(Kind.TENSOR, Map.of(3, Kind.PLAIN, 13, Kind.PLAIN, 16, Kind.PLAIN)),
            Map.entry(Kind.SPARSE_TENSOR, Map.of(1, Kind.TENSOR, 2, Kind.TENSOR)),
            Map.entry(Kind.VALUE, Map.of(2, Kind.TYPE, 4, Kind.PLAIN)),
            Map.entry(Kind.TYPE, Map.of(1, Kind.TENSOR_TYPE, 4, Kind.ELEMENT_TYPE, 5, Kind.MAP_TYPE, 7, Kind.PLAIN, 8,
                    Kind.TENSOR_TYPE, 9, Kind.ELEMENT_TYPE)),
            Map.entry(Kind.TENSOR_TYPE, Map.of(2, Kind.SHAPE)),
            Map.entry(Kind.ELEMENT_TYPE, Map.of(1, Kind.TYPE)),
            Map.entry(Kind.MAP_TYPE, Map.of(2, Kind.TYPE)),
            Map.entry(Kind.SHAPE, Map.of(1, Kind.PLAIN)),
            Map.entry(Kind.TRAINING, Map.of(1, Kind.GRAPH, 2, Kind.GRAPH, 3, Kind.PLAIN, 4, Kind.PLAIN)),
            Map.entry(Kind.FUNCTION, Map.of(7, Kind.NODE, 9, Kind.PLAIN, 11, Kind.ATTRIBUTE, 12, Kind.VALUE, 14,
                    Kind.PLAIN)),
            Map.entry(Kind.ANNOTATION, Map.of(2, Kind.PLAIN)),
            Map.entry(Kind.PLAIN, Map.of()));

    private final CodedInputStream in;
    private final int maxNesting;
    private final long limit;
    private long count;

    private MessageCount(byte[] content, int maxNesting) {
        in = CodedInputStream.newInstance(content);
        this.maxNesting = maxNesting;
        limit = FREE + content.length / BYTES_EACH;
    }

    /**
     * Checks that a file has no more messages than its size justifies.
     *
     * @param file what messages call it
     * @param content all of it
     * @param maxNesting how deep they may be inside of each other
     * @throws ModelFormatException if there are more of them, or they nest too deep
     * @throws IOException if the content is not made of messages
     */
    static void requireFew(String file, byte[] content, int maxNesting) throws IOException {
        if (!new MessageCount(content, maxNesting).areFew(Kind.MODEL, 0)) {
            throw new ModelFormatException(
                    file + ": has more parts than a model has use for, or they are nested too deep");
        }
    }

    private boolean areFew(Kind kind, int depth) throws IOException {
        Map<Integer, Kind> fields = FIELDS.get(kind);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            count++;
            Kind inner = fields.get(WireFormat.getTagFieldNumber(tag));
            if (inner == null || WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                in.skipField(tag);
                continue;
            }
            int outerLimit = in.pushLimit(in.readRawVarint32());
            count += MESSAGE;
            if (count > limit || depth == maxNesting || !areFew(inner, depth + 1)) {
                return false;
            }
            in.popLimit(outerLimit);
        }
        return count <= limit;
    }
}
