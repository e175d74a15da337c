package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes HDF5 files in the oldest form, which is Keras's, piece by piece: groups with attributes, and global heaps.
 * Names in comments are those of the file format specification.
 */
public final class OldHdf5 {
    private static final int SUPERBLOCK = 96;
    private static final int SYMBOL_TABLE = 17;
    private static final int ATTRIBUTE = 12;
    private static final int TEXT = 0x13;
    private static final int VARIABLE_LENGTH = 0x19;

    private ByteBuffer file = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    public OldHdf5() {
        file.position(SUPERBLOCK);
    }

    /** A message of an object header. */
    @SuppressWarnings("ArrayRecordComponent") // on its way into a file
    private record Message(int type, byte[] data) {
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(aligned(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static int aligned(int size) {
        return (size + 7) & ~7;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Adds a piece at a multiple of 8, and returns where it is. */
    private long add(byte[] piece) {
        int at = aligned(file.position());
        if (file.capacity() < at + piece.length) {
            file = ByteBuffer.allocate(2 * (at + piece.length)).order(ByteOrder.LITTLE_ENDIAN)
                    .put(bytes(file), 0, file.position());
        }
        file.position(at).put(piece);
        return at;
    }

    /** An attribute. */
    @SuppressWarnings("ArrayRecordComponent") // on its way into a file
    public record Attribute(String name, byte[] type, int count, byte[] data) {
    }

    /** Returns an attribute that is a text of fixed length. */
    public static Attribute text(String name, String value) {
        return new Attribute(name, type(TEXT, 0, value.length()), -1, ascii(value));
    }

    /** Returns an attribute that is a list of texts in global heaps. */
    public static Attribute texts(String name, int count, byte[] references) {
        byte[] element = type(VARIABLE_LENGTH, 1, 16);
        byte[] part = type(TEXT, 0, 1);
        return new Attribute(name, bytes(buffer(16).put(element).put(part)), count, references);
    }

    private static byte[] type(int kind, int bits, int size) {
        return bytes(buffer(8).put((byte) kind).put((byte) bits).putShort((short) 0).putInt(size));
    }

    /** Adds a global heap of one empty object often, and then one of the given text; returns where it is. */
    public long heap(int empty, String text) {
        int size = 16 + 16 * empty + 16 + aligned(text.length());
        ByteBuffer heap = buffer(size).put(ascii("GCOL")).putInt(1).putLong(size);
        for (int i = 0; i < empty; i++) {
            heap.putShort((short) 1).putShort((short) 1).putInt(0).putLong(0);
        }
        heap.putShort((short) 2).putShort((short) 1).putInt(0).putLong(text.length()).put(ascii(text));
        return add(bytes(heap));
    }

    /** Returns references to the last object of a heap. */
    public static byte[] references(int count, int length, long heap) {
        ByteBuffer references = buffer(16 * count);
        for (int i = 0; i < count; i++) {
            references.putInt(length).putLong(heap).putInt(2);
        }
        return bytes(references);
    }

    /** Adds a group, and returns where its object header is. */
    public long group(Map<String, Long> children, List<Attribute> attributes) {
        List<Message> messages = new ArrayList<>();
        messages.add(symbolTable(children));
        for (Attribute attribute : attributes) {
            messages.add(message(attribute));
        }
        int size = messages.stream().mapToInt(message -> 8 + message.data.length).sum();
        ByteBuffer header = buffer(16 + size).put((byte) 1).put((byte) 0).putShort((short) messages.size()).putInt(1)
                .putInt(size).putInt(0);
        for (Message message : messages) {
            header.putShort((short) message.type).putShort((short) message.data.length).putInt(0).put(message.data);
        }
        return add(bytes(header));
    }

    private static Message message(Attribute attribute) {
        byte[] name = ascii(attribute.name + "\0");
        int rank = attribute.count < 0 ? 0 : 1;
        ByteBuffer data = buffer(8 + aligned(name.length) + attribute.type.length + 8 + 8 * rank
                + attribute.data.length).put((byte) 1).put((byte) 0).putShort((short) name.length)
                .putShort((short) attribute.type.length).putShort((short) (8 + 8 * rank)).put(name);
        data.position(8 + aligned(name.length)).put(attribute.type).put((byte) 1).put((byte) rank)
                .position(data.position() + 6);
        if (rank == 1) {
            data.putLong(attribute.count);
        }
        return new Message(ATTRIBUTE, bytes(data.put(attribute.data)));
    }

    /** Adds the local heap of the names, the nodes of links, eight in each, and the tree of these. */
    private Message symbolTable(Map<String, Long> children) {
        ByteBuffer names = buffer(8 + children.keySet().stream().mapToInt(name -> aligned(name.length() + 1)).sum());
        names.position(8);
        List<Long> nodes = new ArrayList<>();
        ByteBuffer node = null;
        int links = 0;
        for (Map.Entry<String, Long> child : children.entrySet()) {
            if (links % 8 == 0) {
                addNode(nodes, node);
                node = buffer(8 + 8 * 40).put(ascii("SNOD")).put((byte) 1).put((byte) 0)
                        .putShort((short) Math.min(8, children.size() - links));
            }
            node.putLong(names.position()).putLong(child.getValue()).position(node.position() + 24);
            names.put(ascii(child.getKey())).position(aligned(names.position() + 1));
            links++;
        }
        addNode(nodes, node);
        long namesAt = add(bytes(names));
        long heap = add(
                bytes(buffer(32).put(ascii("HEAP")).putInt(0).putLong(names.capacity()).putLong(1).putLong(namesAt)));
        // Twice as long as it need be: so much the library reads.
        ByteBuffer tree = buffer(24 + 8 + 32 * nodes.size()).put(ascii("TREE")).put((byte) 0).put((byte) 0)
                .putShort((short) nodes.size()).putLong(-1).putLong(-1).putLong(0);
        for (long at : nodes) {
            tree.putLong(at).putLong(0);
        }
        return new Message(SYMBOL_TABLE, bytes(buffer(16).putLong(add(bytes(tree))).putLong(heap)));
    }

    private void addNode(List<Long> nodes, ByteBuffer node) {
        if (node != null) {
            nodes.add(add(bytes(node)));
        }
    }

    /** Returns the file with a group as its outermost. */
    public byte[] bytes(long root) {
        int size = aligned(file.position());
        ByteBuffer whole = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(bytes(file), 0,
                file.position());
        whole.putLong(0, 0x0A1A0A0D46444889L).put(13, (byte) 8).put(14, (byte) 8).putShort(16, (short) 4)
                .putShort(18, (short) 16).putLong(32, -1).putLong(40, size).putLong(48, -1).putLong(64, root);
        return bytes(whole);
    }
}
