package dev.gru.bench.app;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A Java source file, cut into tokens.
 *
 * @param path where it is
 * @param text its content
 * @param tokens its tokens
 * @param truth the class of each token by javac's parse tree, or nothing if javac cannot parse the file
 */
record SourceFile(Path path, String text, List<JavaToken> tokens, Optional<List<TokenClass>> truth) {

    /** Reads a file. */
    static SourceFile read(Path path) throws IOException {
        String text;
        try {
            text = Files.readString(path);
        } catch (CharacterCodingException e) {
            throw new IOException(path + ": is not text in UTF-8", e);
        }
        List<JavaToken> tokens = JavaTokenizer.tokenize(text);
        return new SourceFile(path, text, tokens, JavaLabeler.label(path.toUri(), text, tokens));
    }
}
