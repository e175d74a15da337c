package dev.gru.format.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is replaced as a whole or not at all, whatever its name stands for. */
class FileReplacementTest {
    @TempDir
    Path directory;

    private static FileReplacement.Content text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileThatIsNotThereAppearsAndNothingElseDoes() throws IOException {
        FileReplacement.write(directory.resolve("a"), text("new"));
        assertEquals("new", Files.readString(directory.resolve("a")));
        assertEquals(List.of("a"), names());
    }

    @Test
    void contentThatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "old");
        IOException failure = new IOException("source: is gone");
        assertEquals(failure, assertThrows(IOException.class, () -> FileReplacement.write(file, out -> {
            out.write(new byte[100_000]);
            throw failure;
        })));
        assertThrows(ArithmeticException.class, () -> FileReplacement.write(file, _ -> {
            throw new ArithmeticException();
        }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a"), names());
    }

    @Test
    void aFullDiskNamesTheFileAndLeavesNothing() throws IOException {
        // Every write to this device fails as if the disk were full; the channel is one of a file, as in earnest.
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path file = Files.writeString(directory.resolve("a"), "old");
        try (FileChannel device = FileChannel.open(full, StandardOpenOption.WRITE)) {
            IOException refused = assertThrows(IOException.class, () -> FileReplacement.writeByChannel(file,
                    _ -> device.write(StandardCharsets.UTF_8.encode("new"))));
            assertTrue(refused.getMessage().startsWith(file + ": "), refused.getMessage());
        }
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a"), names());
    }

    @Test
    void linksStayAndWhatTheyPointToIsReplaced() throws IOException {
        Path real = Files.writeString(Files.createDirectory(directory.resolve("d")).resolve("real"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("d/real"));
        Path linkOfLink = Files.createSymbolicLink(directory.resolve("link2"), link);
        FileReplacement.write(linkOfLink, text("new"));
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.isSymbolicLink(linkOfLink));
        assertEquals("new", Files.readString(real));
        Path dangling = Files.createSymbolicLink(directory.resolve("link3"), Path.of("d/other"));
        FileReplacement.write(dangling, text("new"));
        assertEquals("new", Files.readString(directory.resolve("d/other")));
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertThrows(IOException.class, () -> FileReplacement.write(loop, text("new")));
    }

    @Test
    void aFileHasOnePathWhateverLinksLeadToIt() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("d"));
        Path there = Files.writeString(folder.resolve("there"), "old");
        Path missing = folder.resolve("missing");
        Path folderLink = Files.createSymbolicLink(directory.resolve("e"), Path.of("d"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), folderLink.resolve("there"));
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), folderLink.resolve("missing"));
        Path real = directory.toRealPath().resolve("d");
        for (Path path : List.of(there, link, folderLink.resolve("there"), folder.resolve("../e/there"))) {
            assertEquals(real.resolve("there"), FileReplacement.realPath(path));
        }
        for (Path path : List.of(missing, dangling, folderLink.resolve("missing"))) {
            assertEquals(real.resolve("missing"), FileReplacement.realPath(path));
        }
        assertEquals(real, FileReplacement.realPath(folderLink));
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertThrows(FileSystemLoopException.class, () -> FileReplacement.realPath(loop));
    }

    @Test
    void permissionsStay() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "old");
        for (String mode : List.of("rw-------", "rw-rw-r--", "rwxr-x---", "r--r--r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            FileReplacement.write(file, text("new"));
            assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
    }

    @Test
    void directoriesPipesAndMissingDirectoriesAreRefused() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        for (Path file : List.of(directory, Path.of("/"), directory.resolve("none/a"), pipe)) {
            IOException refused = assertThrows(IOException.class, () -> FileReplacement.write(file, text("new")));
            assertTrue(refused.getMessage().startsWith(file + ": "), refused.getMessage());
            assertEquals(1, refused.getMessage().lines().count());
            assertThrows(IOException.class, () -> FileReplacement.requireReplaceable(file));
        }
        FileReplacement.requireReplaceable(directory.resolve("a"));
        assertEquals(List.of("pipe"), names());
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAndWhatIsBeingWrittenIsNot() throws Exception {
        Path file = directory.resolve("a");
        Path left = Files.writeString(directory.resolve(".a.0123456789abcdef.tmp"), "half");
        Path others = Files.writeString(directory.resolve(".b.0123456789abcdef.tmp"), "half");
        Path named = Files.writeString(directory.resolve(".a.notes.tmp"), "mine");
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread slow = Thread.ofPlatform().uncaughtExceptionHandler((_, e) -> failure.set(e)).start(() -> {
            try {
                FileReplacement.write(file, out -> {
                    out.write('1');
                    writing.countDown();
                    try {
                        assertTrue(goOn.await(60, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(writing.await(60, TimeUnit.SECONDS));
        FileReplacement.write(file, text("2"));
        assertFalse(Files.exists(left));
        assertTrue(Files.exists(others));
        assertTrue(Files.exists(named));
        assertEquals("2", Files.readString(file));
        goOn.countDown();
        slow.join();
        assertEquals(null, failure.get());
        assertEquals("1", Files.readString(file));
        assertEquals(List.of(".a.notes.tmp", ".b.0123456789abcdef.tmp", "a"), names());
    }
}
