package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.sun.management.ThreadMXBean;

import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.Sequential;

/**
 * Damages files, and holds a reader to what it promises of damaged ones: a model, or a refusal of one line that names
 * the file and the place; no other exception, no end that does not come, no more memory than the file justifies, neither
 * to read it nor to use it.
 *
 * <p>A property test has one for each format, gives it thousands of damaged files and prints its {@link #report}.
 */
public final class Mutations {
    /** All that is allocated on the way, garbage too, for each byte of the file; most readers take a copy or two. */
    private static final int ALLOCATED_PER_BYTE = 16;

    /** What messages, stack traces and small buffers take beside that. */
    private static final int ALLOCATED_ANYWAY = 1 << 18;

    /** Far more than any file takes, even on a busy machine: what takes longer does not end. */
    private static final Duration QUICKLY = Duration.ofSeconds(20);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long[] INTERESTING = {0, 1, -1, 2, 7, 255, 256, 65_535, 65_536, Integer.MAX_VALUE,
            Integer.MIN_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE};

    private static final Pattern TOKEN = Pattern.compile(
            "\"(?:[^\"\\\\]++|\\\\.)*+\"|-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?|true|false|null|[\\[\\]{}:,]");

    private static final List<String> REPLACEMENTS = List.of("", "null", "true", "false", "0", "-1", "1", "0.5",
            "1e400",
            "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "\"\"", "\"x\"", "\"F32\"",
            "\"BF16\"", "\"I64\"", "[]", "{}", "[1]", "[[[]]]", "{\"a\":1}", "[".repeat(100), ",", ":", "}", "]");

    /** What is held to its promise. */
    interface Reader {
        /** Returns something that is not null. */
        Object read(Path file) throws IOException;
    }

    private final String format;
    private final Reader reader;
    private final Path file;
    private int read;
    private int refused;
    private long nanos;
    private long most;
    private int mostFor;

    /**
     * Starts on a format, with one file that is whole.
     *
     * @param format what the report calls it
     * @param suffix what the names of its files end in
     * @param whole a file that is read
     * @param reader reads it
     */
    Mutations(String format, String suffix, byte[] whole, Reader reader) {
        this.format = format;
        this.reader = reader;
        try {
            file = Files.createTempFile("mutated", suffix);
            file.toFile().deleteOnExit();
            // The first time, a library loads its classes, which takes memory too.
            Files.write(file, whole);
            reader.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        check(whole);
        assertEquals(1, read, "what is whole is read");
        read = 0;
        nanos = 0;
        most = 0;
    }

    /**
     * Has a file read, and fails unless the promise is kept.
     *
     * @return what the reader returned, or nothing if it refused the file
     */
    Optional<Object> check(byte[] content) {
        AtomicReference<Object> result = new AtomicReference<>();
        AtomicReference<ModelFormatException> refusal = new AtomicReference<>();
        long bound = (long) ALLOCATED_PER_BYTE * content.length + ALLOCATED_ANYWAY;
        long start = System.nanoTime();
        long first = allocated(content, result, refusal);
        // What the JVM takes to link a method at its first use is not the file's: then the second time takes less.
        long allocated = first <= bound ? first : allocated(content, result, refusal);
        nanos += System.nanoTime() - start;
        if (refusal.get() == null) {
            read++;
        } else {
            refused++;
            String message = refusal.get().getMessage();
            assertTrue(message.startsWith(file + ": ") && message.length() > file.toString().length() + 5, message);
            assertEquals(1, message.lines().count(), message);
        }
        assertTrue(allocated <= bound, () -> allocated + " bytes allocated for " + content.length);
        if (result.get() instanceof Sequential model) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Justified.use(model);
            Justified.require(THREADS.getCurrentThreadAllocatedBytes() - before, content.length);
        }
        if (allocated > most) {
            most = allocated;
            mostFor = content.length;
        }
        return Optional.ofNullable(result.get());
    }

    private long allocated(byte[] content, AtomicReference<Object> result,
            AtomicReference<ModelFormatException> refusal) {
        return assertTimeoutPreemptively(QUICKLY, () -> {
            Files.write(file, content);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                result.set(Objects.requireNonNull(reader.read(file)));
            } catch (ModelFormatException e) {
                refusal.set(e);
            }
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        });
    }

    /** Returns how many files there were and what became of them. */
    String report() {
        return String.format(Locale.ROOT,
                "%s: %,d damaged files: %,d read, %,d refused, in %.1f s; at most %,d bytes allocated, for %,d", format,
                read + refused, read, refused, nanos / 1e9, most, mostFor);
    }

    /** Returns a file with up to eight of its bytes or numbers changed, or with a part missing, doubled or moved. */
    static byte[] bytes(byte[] whole, Random random) {
        byte[] mutated = random.nextInt(4) == 0 ? rearranged(whole, random) : whole.clone();
        for (int edits = random.nextInt(1, 9); edits > 0 && mutated.length > 0; edits--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(6)) {
                case 0 -> mutated[at] = (byte) 0xFF;
                case 1 -> mutated[at] = 0;
                case 2 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> mutated[at] += (byte) (random.nextBoolean() ? 1 : -1);
                case 4 -> putNumber(mutated, at, random);
                default -> mutated[at] = (byte) random.nextInt();
            }
        }
        return mutated;
    }

    private static void putNumber(byte[] mutated, int at, Random random) {
        ByteBuffer buffer = ByteBuffer.wrap(mutated)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).position(at);
        long number = interesting(random);
        switch (buffer.remaining()) {
            case 1 -> buffer.put((byte) number);
            case 2, 3 -> buffer.putShort((short) number);
            case 4, 5, 6, 7 -> buffer.putInt((int) number);
            default -> buffer.putLong(number);
        }
    }

    /** Returns a number at which readers are apt to go wrong. */
    public static long interesting(Random random) {
        return INTERESTING[random.nextInt(INTERESTING.length)];
    }

    private static byte[] rearranged(byte[] whole, Random random) {
        int from = random.nextInt(whole.length + 1);
        int to = random.nextInt(whole.length + 1);
        byte[] head = Arrays.copyOf(whole, from);
        return switch (random.nextInt(3)) {
            case 0 -> head;
            // What lies between is missing if to is larger, and there twice if it is smaller.
            case 1 -> joined(head, Arrays.copyOfRange(whole, to, whole.length));
            default -> joined(Arrays.copyOfRange(whole, from, whole.length), head);
        };
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Returns a document with up to three of its tokens removed, doubled, replaced or exchanged. */
    public static String json(String document, Random random) {
        String mutated = document;
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            List<MatchResult> tokens = TOKEN.matcher(mutated).results().toList();
            if (tokens.isEmpty()) {
                return mutated;
            }
            MatchResult token = tokens.get(random.nextInt(tokens.size()));
            MatchResult other = tokens.get(random.nextInt(tokens.size()));
            String text = switch (random.nextInt(5)) {
                case 0 -> token.group() + token.group();
                case 1 -> other.group();
                case 2 -> Long.toString(interesting(random));
                case 3 -> misspelt(token.group(), random);
                default -> REPLACEMENTS.get(random.nextInt(REPLACEMENTS.size()));
            };
            mutated = mutated.substring(0, token.start()) + text + mutated.substring(token.end());
        }
        return mutated;
    }

    private static String misspelt(String token, Random random) {
        int at = random.nextInt(token.length());
        return token.substring(0, at) + (char) random.nextInt(' ', 0x7F) + token.substring(at + 1);
    }
}
