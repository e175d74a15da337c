package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.onnx.proto.ExternalData;
import dev.gru.format.onnx.proto.ProtoReader;
import dev.gru.format.onnx.proto.Tensor;

/** Constants of every type and kind of data are read as they are; what is no ONNX file, or holds too much, is not. */
class OnnxFileTest {
    private static final double[] NUMBERS = {0, 1, -1, 1.5, -2.25, 100, Double.POSITIVE_INFINITY};
    private static final long[] WHOLE = {0, 1, 2, 100, 127};

    private static String refusal(byte[] content) {
        String message = assertThrows(ModelFormatException.class,
                () -> OnnxReader.read("m.onnx", new ByteArrayInputStream(content))).getMessage();
        assertTrue(message.startsWith("m.onnx: "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static Tensor decoded(TensorProto tensor) throws IOException {
        byte[] model = OnnxGraphs.opset(17).initializer(tensor).model().toByteArray();
        return ProtoReader.read("m.onnx", model, new ExternalData(null)).initializers().get(tensor.getName()).read();
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})
    void floatsOfEveryWidthAreRead(DataType type) throws IOException {
        ByteBuffer raw = ByteBuffer.allocate(NUMBERS.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        TensorProto.Builder typed = TensorProto.newBuilder().setName("C").setDataType(type.getNumber()).addDims(1)
                .addDims(NUMBERS.length);
        float[] expected = new float[NUMBERS.length];
        for (int i = 0; i < NUMBERS.length; i++) {
            expected[i] = (float) NUMBERS[i];
            short half = Float.floatToFloat16(expected[i]);
            short brain = (short) (Float.floatToIntBits(expected[i]) >>> Short.SIZE);
            switch (type) {
                case FLOAT -> typed.addFloatData(raw.putFloat(expected[i]) == null ? 0 : expected[i]);
                case DOUBLE -> typed.addDoubleData(raw.putDouble(NUMBERS[i]) == null ? 0 : NUMBERS[i]);
                // Typed data of 16 bits are in the lower half of an int, with or without a sign.
                case FLOAT16 -> typed.addInt32Data(raw.putShort(half) == null ? 0 : half & 0xFFFF);
                default -> typed.addInt32Data(raw.putShort(brain) == null ? 0 : brain);
            }
        }
        assertArrayEquals(expected, decoded(typed.build()).floats());
        TensorProto inBytes = OnnxGraphs.raw("C", type.getNumber(), raw.flip(), 1, NUMBERS.length);
        assertArrayEquals(expected, decoded(inBytes).floats());
        assertArrayEquals(new int[]{1, NUMBERS.length}, decoded(inBytes).shape());
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"INT64", "INT32", "INT16", "UINT16", "INT8", "UINT8", "BOOL"})
    void wholeNumbersOfEveryWidthAreRead(DataType type) throws IOException {
        int bits = switch (type) {
            case INT64 -> 64;
            case INT32 -> 32;
            case INT16, UINT16 -> 16;
            default -> 8;
        };
        boolean signed = type.name().startsWith("INT");
        List<Long> values = new ArrayList<>();
        for (long value : WHOLE) {
            values.add(value);
            values.add(signed ? -value : (1L << bits) - 1 - value);
        }
        ByteBuffer raw = ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        TensorProto.Builder typed = TensorProto.newBuilder().setName("C").setDataType(type.getNumber())
                .addDims(values.size());
        for (long value : values) {
            switch (bits) {
                case 64 -> raw.putLong(value);
                case 32 -> raw.putInt((int) value);
                case 16 -> raw.putShort((short) value);
                default -> raw.put((byte) value);
            }
            if (bits == 64) {
                typed.addInt64Data(value);
            } else {
                typed.addInt32Data((int) value);
            }
        }
        long[] expected = values.stream().mapToLong(Long::longValue).toArray();
        assertArrayEquals(expected, decoded(typed.build()).longs());
        assertArrayEquals(expected, decoded(OnnxGraphs.raw("C", type.getNumber(), raw.flip(), values.size())).longs());
    }

    @Test
    void whatIsNoOnnxFileIsRefused() {
        assertTrue(refusal(new byte[0]).contains("is not an ONNX file: it has no ir_version"));
        assertTrue(refusal("{\"class_name\": \"Sequential\"}".getBytes(StandardCharsets.UTF_8))
                .contains("is not an ONNX file"));
        assertTrue(refusal(ModelProto.newBuilder().setIrVersion(8).build().toByteArray()).contains("it has no graph"));
        assertTrue(refusal(Fixtures.bytes("keras/gru_default/model.keras")).contains("is not an ONNX file"));
        assertTrue(refusal(Fixtures.bytes("pytorch/gru/model.safetensors")).contains("is not an ONNX file"));
    }

    @Test
    void aFileThatIsCutOffIsRefusedWhereverItIsCut() {
        byte[] whole = Fixtures.bytes("onnx/lbr1/model.onnx");
        for (int length = 0; length < whole.length - 4; length += 13) {
            refusal(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void onnxFilesAreKnownByTheirFirstBytes() {
        for (String name : List.of("bidirectional", "clip", "lbr0", "lbr1", "no_bias", "reverse", "sequence_lens")) {
            assertTrue(OnnxFile.mayBeOnnx(Fixtures.bytes("onnx/" + name + "/model.onnx")), name);
        }
        assertTrue(OnnxFile.mayBeOnnx(ModelProto.newBuilder().setIrVersion(3).setGraph(
                GraphProto.getDefaultInstance()).build().toByteArray()));
        for (String other : List.of("", "a", "\b", "\b\u0003", "\b\u0003\u0000", "\b\u0003z", "PK\u0003\u0004",
                "{\"a\":1}")) {
            assertFalse(OnnxFile.mayBeOnnx(other.getBytes(StandardCharsets.ISO_8859_1)), other);
        }
    }

    /** Returns a file whose graph holds a part as often as fits. */
    private static byte[] flood(byte[] part) {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        while (graph.size() < 1 << 21) {
            graph.writeBytes(part);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[]{8, 8, (7 << 3) | 2});
        for (int size = graph.size(); size != 0; size >>>= 7) {
            file.write((size & 0x7F) | (size > 0x7F ? 0x80 : 0));
        }
        file.writeBytes(graph.toByteArray());
        return file.toByteArray();
    }

    /** Empty nodes, constants, inputs, attributes in one node, and fields that nobody knows, of two bytes each. */
    @Test
    void aFloodOfPartsIsRefusedBeforeItIsMade() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] attributes = GraphProto.newBuilder().addNode(NodeProto.newBuilder().addAllAttribute(
                Collections.nCopies(1000, AttributeProto.getDefaultInstance()))).build().toByteArray();
        for (byte[] part : List.of(new byte[]{(1 << 3) | 2, 0}, new byte[]{(5 << 3) | 2, 0},
                new byte[]{(11 << 3) | 2, 0},
                new byte[]{9 << 3, 1}, attributes)) {
            byte[] file = flood(part);
            long before = threads.getCurrentThreadAllocatedBytes();
            assertTrue(refusal(file).contains("has more parts than a model has use for"));
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The file itself, read in pieces that are put together.
            assertTrue(allocated < 3L * file.length, allocated + " bytes allocated for " + file.length);
        }
    }

    @Test
    void graphsInGraphsInGraphsAreRefused() {
        GraphProto graph = GraphProto.getDefaultInstance();
        for (int depth = 0; depth < 60; depth++) {
            graph = GraphProto.newBuilder().addNode(NodeProto.newBuilder()
                    .addAttribute(AttributeProto.newBuilder().setName("body").setG(graph))).build();
        }
        assertTrue(refusal(ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray())
                .contains("nested too deep"));
    }
}
