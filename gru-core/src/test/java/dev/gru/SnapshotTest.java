package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Snapshots keep a stream to the bit, and nothing that is not one of the same model is taken for one. */
class SnapshotTest {
    private final Graph layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
    private final GruModel model = Models.scalar(layers);
    private final GruSession session = model.newSession();

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static float[] stepOn(GruSession session, int... tokens) {
        float[] y = new float[tokens.length * 6];
        session.sequence(tokens.length, tokens, y);
        return y;
    }

    @ParameterizedTest
    @EnumSource
    void aRestoredStreamGoesOnWithTheSameBitsInThisSessionAndInAnother(GruVariant variant) {
        GruModel of = Models.scalar(Models.tokens(variant, true, true));
        GruSession first = of.newSession();
        stepOn(first, 4, 5, 0, 6);
        byte[] snapshot = first.snapshot();
        float[] expected = stepOn(first, 1, 2, 3);
        stepOn(first, 6, 6);
        first.restore(snapshot);
        assertArrayEquals(expected, stepOn(first, 1, 2, 3));

        GruSession second = Models.scalar(Models.tokens(variant, true, true)).newSession();
        stepOn(second, 2);
        second.restore(snapshot);
        assertArrayEquals(snapshot, second.snapshot());
        assertArrayEquals(expected, stepOn(second, 1, 2, 3));
    }

    @Test
    void aSnapshotIsLaidOutAsItIsDescribed() {
        Graph one = new Sequential(List.of(
                new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 1, 2, 1)).withReturnSequences(true)));
        GruModel small = Models.scalar(one);
        GruSession stream = small.newSession();
        float[] y = new float[2];
        stream.step(new float[]{1}, y);
        ByteBuffer expected = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        expected.put("GRUS".getBytes(StandardCharsets.US_ASCII)).putInt(1);
        expected.putLong(Long.parseUnsignedLong(small.fingerprint(), 0, 16, 16));
        expected.putLong(Long.parseUnsignedLong(small.fingerprint(), 16, 32, 16));
        expected.putInt(2).putFloat(y[0]).putFloat(y[1]);
        CRC32C crc = new CRC32C();
        crc.update(expected.array(), 0, 36);
        expected.putInt((int) crc.getValue());
        assertArrayEquals(expected.array(), stream.snapshot());
        assertEquals(40, small.snapshotSize());
    }

    @Test
    void statesAreKeptToTheBitNaNsAmongThem() {
        Graph one = new Sequential(List.of(
                new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 1, 3, 1)).withReturnSequences(true)));
        GruSession stream = Models.scalar(one).newSession();
        byte[] snapshot = stream.snapshot();
        ByteBuffer states = ByteBuffer.wrap(snapshot).order(ByteOrder.LITTLE_ENDIAN);
        states.putInt(28, 0x7FA12345).putInt(32, 0x80000000).putInt(36, 1);
        CRC32C crc = new CRC32C();
        crc.update(snapshot, 0, 40);
        states.putInt(40, (int) crc.getValue());
        stream.restore(snapshot);
        assertArrayEquals(snapshot, stream.snapshot());
    }

    @Test
    void aSnapshotWithAnyByteChangedIsRefusedAndTheStreamStays() {
        stepOn(session, 4, 5);
        byte[] good = session.snapshot();
        GruSession other = model.newSession();
        stepOn(other, 1, 2, 3);
        byte[] before = other.snapshot();
        for (int i = 0; i < good.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = good.clone();
                damaged[i] ^= (byte) (1 << bit);
                assertThrows(IllegalArgumentException.class, () -> other.restore(damaged));
            }
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            String message = assertThrows(IllegalArgumentException.class, () -> other.restore(cut)).getMessage();
            assertEquals("the snapshot is truncated: it has " + length + " bytes"
                    + (length < 32 ? ", and the shortest has 32" : " of " + good.length), message);
        }
        assertArrayEquals(before, other.snapshot());
    }

    @Test
    void messagesSayWhatIsWrong() {
        byte[] good = session.snapshot();
        byte[] changed = good.clone();
        changed[0] = 'X';
        assertRefused("these bytes are not a snapshot: they do not begin with GRUS", () -> session.restore(changed));
        byte[] newer = good.clone();
        newer[4] = 2;
        assertRefused("the snapshot is of version 2, and only version 1 is known", () -> session.restore(newer));
        byte[] damaged = good.clone();
        damaged[30] ^= 1;
        assertRefused("the snapshot is damaged: its checksum does not match its bytes",
                () -> session.restore(damaged));
        assertRefused("a snapshot of this model has " + good.length + " bytes, the array had " + (good.length + 1),
                () -> session.restore(Arrays.copyOf(good, good.length + 1)));
        GruModel unmasked = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, false, true));
        assertRefused("the snapshot is of another model: of " + model.fingerprint() + ", and this is "
                + unmasked.fingerprint(), () -> unmasked.newSession().restore(good));
        byte[] huge = good.clone();
        Arrays.fill(huge, 24, 28, (byte) 0xFF);
        assertRefused("the snapshot is truncated: it has " + good.length + " bytes of 17179869212",
                () -> session.restore(huge));
    }

    @Test
    void anotherPrecisionIsAnotherModelAndAnotherKernelIsNot() {
        stepOn(session, 4);
        byte[] snapshot = session.snapshot();
        GruModel rounded = GruModel.of(layers,
                ModelOptions.defaults().withKernel(Models.SCALAR).withPrecision(Precision.BF16));
        assertThrows(IllegalArgumentException.class, () -> rounded.newSession().restore(snapshot));
        GruSession portable = GruModel.of(layers, ModelOptions.defaults().withKernel("portable"))
                .newSession();
        portable.restore(snapshot);
        assertArrayEquals(snapshot, portable.snapshot());
    }

    @Test
    void buffersTakeSnapshotsOneBehindTheOtherInAnyByteOrder() {
        int size = model.snapshotSize();
        for (ByteBuffer buffer : List.of(ByteBuffer.allocate(2 * size + 5), ByteBuffer.allocateDirect(2 * size + 5))) {
            for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
                buffer.clear().position(3);
                buffer.order(order);
                session.reset();
                session.snapshot(buffer);
                assertEquals(3 + size, buffer.position());
                stepOn(session, 4, 5);
                byte[] expected = session.snapshot();
                session.snapshot(buffer);
                assertEquals(order, buffer.order());
                assertEquals(2 * size + 5, buffer.limit());
                assertRefused("the buffer of a snapshot must have " + size + " bytes left, had 2",
                        () -> session.snapshot(buffer));
                assertEquals(3 + 2 * size, buffer.position());

                ByteBuffer from = buffer.asReadOnlyBuffer().order(order).position(3);
                session.restore(from);
                assertArrayEquals(model.newSession().snapshot(), session.snapshot());
                session.restore(from);
                assertEquals(3 + 2 * size, from.position());
                assertEquals(order, from.order());
                assertArrayEquals(expected, session.snapshot());
                assertThrows(IllegalArgumentException.class, () -> session.restore(from));
                assertEquals(3 + 2 * size, from.position());
                assertRefused("the buffer of a snapshot must not be read-only",
                        () -> session.snapshot(from.position(0)));
            }
        }
    }

    @Test
    void arraysTakeSnapshotsAnywhere() {
        int size = model.snapshotSize();
        stepOn(session, 4, 5);
        byte[] array = new byte[2 * size + 5];
        Arrays.fill(array, (byte) 7);
        session.snapshot(array, size);
        byte[] expected = Arrays.copyOf(array, array.length);
        Arrays.fill(expected, 0, size, (byte) 7);
        System.arraycopy(session.snapshot(), 0, expected, size, size);
        assertArrayEquals(expected, array);
        assertRefused("to must have room for " + size + " elements from offset " + (size + 6) + ", its length is "
                + array.length, () -> session.snapshot(array, size + 6));
        assertArrayEquals(expected, array);

        GruSession other = model.newSession();
        other.restore(array, size);
        assertArrayEquals(session.snapshot(), other.snapshot());
        assertRefused("these bytes are not a snapshot: they do not begin with GRUS", () -> other.restore(array, 0));
        assertRefused("the snapshot is truncated: it has 4 bytes, and the shortest has 32",
                () -> other.restore(array, array.length - 4));
        assertRefused("from must have room for 0 elements from offset -1, its length is " + array.length,
                () -> other.restore(array, -1));
        assertArrayEquals(session.snapshot(), other.snapshot());
    }

    /** Also if it is longer or shorter than one of this model. */
    @Test
    void theModelOfASnapshotIsSeenWithoutIt() {
        for (int units : new int[]{1, 3, 40}) {
            GruModel small = Models.scalar(new Sequential(List.of(
                    new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 1, units, 1)))));
            byte[] snapshot = small.newSession().snapshot();
            byte[] within = new byte[snapshot.length + 500];
            System.arraycopy(snapshot, 0, within, 3, snapshot.length);
            assertEquals(small.fingerprint(), Snapshot.fingerprint(snapshot));
            assertEquals(small.fingerprint(), Snapshot.fingerprint(within, 3));
            ByteBuffer buffer = ByteBuffer.wrap(within).position(3);
            assertEquals(small.fingerprint(), Snapshot.fingerprint(buffer));
            assertEquals(3, buffer.position());
            for (Executable call : List.<Executable>of(() -> session.restore(within, 3),
                    () -> session.restore(snapshot), () -> session.restore(buffer))) {
                assertRefused("the snapshot is of another model: of " + small.fingerprint() + ", and this is "
                        + model.fingerprint(), call);
            }
            snapshot[30] ^= 1;
            assertRefused("the snapshot is damaged: its checksum does not match its bytes",
                    () -> Snapshot.fingerprint(snapshot));
        }
    }

    @Test
    void theFingerprintOfAModelStaysFromVersionToVersion() {
        // Snapshots of earlier versions have it in them. Were it to change, they would all be refused.
        assertEquals("6947e0809aeff9737967315d8bc8115e", model.fingerprint());
    }
}
