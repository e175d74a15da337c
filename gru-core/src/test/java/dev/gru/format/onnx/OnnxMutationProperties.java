package dev.gru.format.onnx;

import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.format.OnnxReader;
import dev.gru.format.fixture.Mutations;

/** Whatever is done to an ONNX file: it is read or refused. */
class OnnxMutationProperties {
    private static final Mutations READER = new Mutations("ONNX", ".onnx", OnnxEdits.GRAPHS.getFirst().toByteArray(),
            OnnxReader::read);

    @Property(tries = 5000, shrinking = ShrinkingMode.OFF)
    void damagedFilesAreReadOrRefused(@ForAll Random random) {
        READER.check(
                Mutations.bytes(OnnxEdits.GRAPHS.get(random.nextInt(OnnxEdits.GRAPHS.size())).toByteArray(), random));
    }

    /** Most changes to bytes are in the weights, or break what holds the file together; these make other graphs. */
    @Property(tries = 7000, shrinking = ShrinkingMode.OFF)
    void damagedGraphsAreReadOrRefused(@ForAll Random random) {
        READER.check(OnnxEdits.edited(random).toByteArray());
    }

    @AfterContainer
    static void report() {
        System.out.println(READER.report());
    }
}
