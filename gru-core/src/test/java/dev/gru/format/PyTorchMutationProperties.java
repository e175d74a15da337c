package dev.gru.format;

import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;

/** Whatever is done to a state dict: it is read or refused. */
class PyTorchMutationProperties {
    private static final byte[][] WHOLE = {
            Fixtures.bytes("pytorch/gru/model.safetensors"),
            Fixtures.bytes("pytorch/gru_no_bias/model.safetensors"),
            Fixtures.bytes("pytorch/gru_two_layers/model.safetensors"),
            Fixtures.bytes("pytorch/gru_bidirectional_two_layers/model.safetensors")};

    private static final Mutations READER = new Mutations("PyTorch state dicts", ".safetensors", WHOLE[0],
            PyTorchReader::read);

    @Property(tries = 6000, shrinking = ShrinkingMode.OFF)
    void damagedFilesAreReadOrRefused(@ForAll Random random) {
        READER.check(Mutations.bytes(WHOLE[random.nextInt(WHOLE.length)], random));
    }

    /** Most changes to bytes are in the weights; these are all in what says where the weights are. */
    @Property(tries = 6000, shrinking = ShrinkingMode.OFF)
    void damagedHeadersAreReadOrRefused(@ForAll Random random) {
        byte[] whole = WHOLE[random.nextInt(WHOLE.length)];
        READER.check(Fixtures.withHeader(whole, Mutations.json(Fixtures.header(whole), random)));
    }

    @AfterContainer
    static void report() {
        System.out.println(READER.report());
    }
}
