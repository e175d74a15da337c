package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.gru.format.fixture.Mutations;

/**
 * Damages HDF5 files where it matters: most of their bytes are weights and room to spare, so changes anywhere rarely
 * hit what a reader follows.
 */
public final class Hdf5Mutations {
    private static final List<String> SIGNATURES = List.of("TREE", "SNOD", "HEAP", "GCOL", "OHDR", "FRHP", "FHDB",
            "FHIB", "BTHD", "BTLF", "BTIN", "FAHD", "FADB");
    private static final byte[] CONFIG = "{\"class_name\"".getBytes(StandardCharsets.US_ASCII);

    private final byte[] whole;
    /** Where addresses and lengths stand: numbers of eight bytes that are not 0 and less than the size of the file. */
    private final List<Integer> pointers = new ArrayList<>();
    /** Where the structures are that addresses lead to. */
    private final List<Integer> structures = new ArrayList<>();

    public Hdf5Mutations(byte[] whole) {
        this.whole = whole;
        ByteBuffer file = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at <= whole.length - Long.BYTES; at += Long.BYTES) {
            long number = file.getLong(at);
            if (number > 0 && number < whole.length) {
                pointers.add(at);
                if (number <= whole.length - 16 && file.get((int) number) == 1) {
                    structures.add((int) number); // an object header
                }
            }
        }
        for (String signature : SIGNATURES) {
            byte[] bytes = signature.getBytes(StandardCharsets.US_ASCII);
            for (int at = 0; at <= whole.length - bytes.length; at++) {
                if (Arrays.equals(whole, at, at + bytes.length, bytes, 0, bytes.length)) {
                    structures.add(at);
                }
            }
        }
    }

    /** Returns the file with one to three addresses, lengths or fields of structures changed. */
    public byte[] structures(Random random) {
        byte[] mutated = whole.clone();
        ByteBuffer file = ByteBuffer.wrap(mutated).order(ByteOrder.LITTLE_ENDIAN);
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            if (random.nextBoolean()) {
                int at = any(pointers, random);
                file.putLong(at, switch (random.nextInt(6)) {
                    case 0 -> file.getLong(any(pointers, random));
                    case 1 -> any(structures, random);
                    case 2 -> file.getLong(at) + random.nextInt(-64, 64);
                    case 3 -> file.getLong(at) ^ 1L << random.nextInt(Long.SIZE);
                    case 4 -> whole.length - random.nextInt(64);
                    default -> Mutations.interesting(random);
                });
            } else {
                int at = any(structures, random) + random.nextInt(48);
                if (at < mutated.length) {
                    mutated[at] = random.nextBoolean()
                            ? (byte) random.nextInt()
                            : (byte) (mutated[at] + random.nextInt(-2, 3));
                }
            }
        }
        return mutated;
    }

    /** Returns the legacy file with its configuration changed, and cut to its length or padded with blanks. */
    public byte[] config(Random random) {
        int from = 0;
        while (!Arrays.equals(whole, from, from + CONFIG.length, CONFIG, 0, CONFIG.length)) {
            from++;
        }
        int to = from;
        while (whole[to] >= ' ') {
            to++;
        }
        String text = new String(whole, from, to - from, StandardCharsets.US_ASCII);
        byte[] changed = Mutations.json(text, random).getBytes(StandardCharsets.UTF_8);
        byte[] mutated = whole.clone();
        Arrays.fill(mutated, from, to, (byte) ' ');
        System.arraycopy(changed, 0, mutated, from, Math.min(changed.length, to - from));
        return mutated;
    }

    private static int any(List<Integer> places, Random random) {
        return places.get(random.nextInt(places.size()));
    }
}
