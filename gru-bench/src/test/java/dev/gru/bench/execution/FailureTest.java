package dev.gru.bench.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void messagesReadWell() {
        assertEquals("no such file: x", Failure.describe(new NoSuchFileException("x")));
        assertEquals("no permission for x", Failure.describe(new AccessDeniedException("x")));
        assertEquals("cannot read or write x (FileSystemException)", Failure.describe(new FileSystemException("x")));
        assertEquals("x: too long", Failure.describe(new FileSystemException("x", null, "too long")));
        assertEquals("no such file: x", Failure.describe(new UncheckedIOException(new NoSuchFileException("x"))));
        assertEquals("a; b", Failure.describe(new IllegalStateException("a\n  b")));
        assertEquals("IllegalStateException", Failure.describe(new IllegalStateException()));
    }
}
