package dev.gru.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;

/** Whatever is done to a state dict, or to what is said of it: it is read or refused. */
class PyTorchMutationProperties {
    private static final byte[][] WHOLE = {
            Fixtures.bytes("pytorch/gru/model.safetensors"),
            Fixtures.bytes("pytorch/gru_no_bias/model.safetensors"),
            Fixtures.bytes("pytorch/gru_two_layers/model.safetensors"),
            Fixtures.bytes("pytorch/gru_bidirectional_two_layers/model.safetensors")};

    private static final Mutations READER = new Mutations("PyTorch state dicts", ".safetensors", WHOLE[0],
            PyTorchReader::read);

    private static final List<String> MODULES = List.of("tagger", "conv_stream", "conv_pool", "depthwise", "branches",
            "encoder_decoder");

    private static final List<Mutations> ARCHITECTURES = MODULES.stream()
            .map(name -> new Mutations("architecture of " + name, ".json",
                    Fixtures.bytes("pytorch_modules/" + name + "/architecture.json"),
                    new ModuleReader(name)))
            .toList();

    /** A class of its own, because another thread reads while this one is still initialised. */
    private record ModuleReader(String name) implements Mutations.Reader {
        @Override
        public Object read(Path architecture) throws IOException {
            Path tensors = Fixtures.file("pytorch_modules/" + name + "/model.safetensors");
            try {
                return PyTorchReader.read(tensors, architecture);
            } catch (ModelFormatException e) {
                // A tensor that is not there, or not as it should be, is said of the file of tensors.
                throw new ModelFormatException(e.getMessage().replaceFirst("^" + Pattern.quote(tensors + ": "),
                        Matcher.quoteReplacement(architecture + ": ")));
            }
        }
    }

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

    /** What is said of a whole module may be as wrong as what is in its file. */
    @Property(tries = 6000, shrinking = ShrinkingMode.OFF)
    void damagedArchitecturesAreReadOrRefused(@ForAll Random random) {
        int chosen = random.nextInt(MODULES.size());
        String json = new String(Fixtures.bytes("pytorch_modules/" + MODULES.get(chosen) + "/architecture.json"),
                StandardCharsets.UTF_8);
        ARCHITECTURES.get(chosen).check(Mutations.json(json, random).getBytes(StandardCharsets.UTF_8));
    }

    @AfterContainer
    static void report() {
        System.out.println(READER.report());
        ARCHITECTURES.forEach(architectures -> System.out.println(architectures.report()));
    }
}
